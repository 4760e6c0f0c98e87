#include "image/layer/copy_up.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/error.h"
#include "image/layer/directory_stack.h"
#include "image/layer/entry_path.h"
#include "image/layer/file_ops.h"
#include "image/layer/merged_view.h"
#include "image/layer/move_content.h"
#include "image/layer/overlay.h"

namespace faas::image {
namespace {

using base::UniqueFd;
using Entry = MergedView::Entry;

std::vector<LayerDirectory> OnTop(const std::string& top,
                                  const std::vector<LayerDirectory>& below) {
  std::vector<LayerDirectory> all = {{top, nullptr}};
  all.insert(all.end(), below.begin(), below.end());
  return all;
}

class CopyUp {
 public:
  // `own` shows the layer, `lower` those below it, `all` both together.
  CopyUp(MergedView own, MergedView lower, MergedView all, UniqueFd root,
         const std::string& label, const Limits& limits, const Owners& owners,
         Budget& budget)
      : own_(std::move(own)),
        lower_(std::move(lower)),
        all_(std::move(all)),
        stack_(std::move(root), label, limits, owners),
        label_(label),
        limits_(limits),
        budget_(budget) {}

  absl::Status Run(const LowerReferences& references);

 private:
  absl::Status FollowLowerSymlinks();
  absl::Status MakeLink(const LowerLink& link);
  absl::Status CopyFileUp(const Entry& entry);
  absl::Status HideLowerRoot();
  absl::Status HideName(const std::string& name);
  absl::Status CopyMetadata(const std::string& path);
  absl::StatusOr<bool> IsHidden(const std::string& path) const;
  absl::StatusOr<std::optional<std::string>> LowerSymlinkTarget(
      const std::string& path) const;
  absl::Status BadLink(const LowerLink& link, absl::string_view why) const;

  const MergedView own_;
  const MergedView lower_;
  const MergedView all_;
  DirectoryStack stack_;
  const std::string& label_;
  const Limits& limits_;
  Budget& budget_;
  std::set<std::string> implicit_;
};

absl::Status CopyUp::Run(const LowerReferences& references) {
  implicit_ = references.implicit_directories;
  RETURN_IF_ERROR(FollowLowerSymlinks());
  for (const LowerLink& link : references.links) {
    RETURN_IF_ERROR(MakeLink(link));
  }
  if (references.opaque_root) RETURN_IF_ERROR(HideLowerRoot());
  RETURN_IF_ERROR(stack_.Leave());
  // This comes last, because all of the above changes times.
  implicit_.merge(stack_.TakeImplicit());
  for (const std::string& path : implicit_) {
    RETURN_IF_ERROR(CopyMetadata(path));
  }
  return absl::OkStatus();
}

// Returns whether a directory above `path` hides the lower layers. Lookup finds
// by itself that a symlink or a file is in the way.
absl::StatusOr<bool> CopyUp::IsHidden(const std::string& path) const {
  for (absl::string_view parent = Parent(path); !parent.empty();
       parent = Parent(parent)) {
    RETURN_IF_ERROR(own_.CountLookup());
    const UniqueFd fd(openat(own_.root(0), std::string(parent).c_str(),
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.valid()) return FailedCall("open", std::string(parent));
    if (IsOpaque(fd.get())) return true;
  }
  return false;
}

// Returns where the lower layers lead from an implicit directory, if they have
// a symlink in its place.
absl::StatusOr<std::optional<std::string>> CopyUp::LowerSymlinkTarget(
    const std::string& path) const {
  ASSIGN_OR_RETURN(const auto own, own_.Lookup(path));
  // A later entry may have replaced it by something else.
  if (!own.has_value() || !S_ISDIR(own->st.st_mode)) return std::nullopt;
  ASSIGN_OR_RETURN(const bool hidden, IsHidden(path));
  if (hidden) return std::nullopt;
  ASSIGN_OR_RETURN(const auto lower, lower_.Lookup(path));
  if (!lower.has_value() || !S_ISLNK(lower->st.st_mode)) return std::nullopt;
  ASSIGN_OR_RETURN(const auto target, lower_.Resolve(path, "."));
  if (!target.has_value() || !S_ISDIR(target->st.st_mode)) return std::nullopt;
  ASSIGN_OR_RETURN(const bool can_move,
                   CanMoveContent(own_.root(0), path, target->path));
  if (!can_move) return std::nullopt;
  return target->path;
}

absl::Status CopyUp::FollowLowerSymlinks() {
  // Parents come before children: once a parent has moved, its children have,
  // too.
  std::set<std::string> pending = implicit_;
  while (!pending.empty()) {
    const std::string path = *pending.begin();
    pending.erase(pending.begin());
    ASSIGN_OR_RETURN(const auto target, LowerSymlinkTarget(path));
    if (!target.has_value()) continue;
    RETURN_IF_ERROR(MoveContent(stack_, path, *target, label_, limits_));
    implicit_.erase(path);
    const std::string prefix = absl::StrCat(path, "/");
    for (auto it = pending.lower_bound(prefix);
         it != pending.end() && absl::StartsWith(*it, prefix);) {
      implicit_.erase(*it);
      std::string moved = JoinPath(*target, it->substr(prefix.size()));
      it = pending.erase(it);
      implicit_.insert(moved);
      pending.insert(std::move(moved));
    }
  }
  return absl::OkStatus();
}

absl::Status CopyUp::BadLink(const LowerLink& link,
                             absl::string_view why) const {
  return ImageError(ErrorCategory::kUnsafeLink,
                    absl::StrCat(label_, ": \"", base::Printable(link.path),
                                 "\" is a hard link to \"",
                                 base::Printable(link.target), "\", ", why));
}

absl::Status CopyUp::MakeLink(const LowerLink& link) {
  ASSIGN_OR_RETURN(auto target, all_.Resolve("", link.target));
  if (!target.has_value()) {
    return BadLink(link, "which neither its layer nor one below has");
  }
  if (S_ISDIR(target->st.st_mode)) {
    return BadLink(link, "which is a directory");
  }
  // The parent of the link, after all symlinks on the way have been followed,
  // also those of the lower layers.
  std::string directory;
  if (!Parent(link.path).empty()) {
    ASSIGN_OR_RETURN(const auto parent, all_.Resolve(Parent(link.path), "."));
    // A later entry of the layer replaced the directory.
    if (!parent.has_value()) return absl::OkStatus();
    directory = parent->path;
  }
  if (target->layer != 0) RETURN_IF_ERROR(CopyFileUp(*target));
  ASSIGN_OR_RETURN(const int to, stack_.Enter(directory));
  stack_.Touch();
  const std::string name(BaseName(link.path));
  if (linkat(own_.root(0), target->path.c_str(), to, name.c_str(), 0) == 0 ||
      errno == EEXIST) {  // A later entry of the layer has the name.
    return absl::OkStatus();
  }
  return FailedCall("link", link.path);
}

absl::Status CopyUp::CopyFileUp(const Entry& entry) {
  const auto bytes = static_cast<uint64_t>(entry.st.st_size);
  if (bytes > budget_.image_bytes) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(label_, ": with \"", base::Printable(entry.path),
                     "\", a file of a lower layer that it links to, its "
                     "layers unpack to more than ",
                     limits_.image_bytes, " bytes"));
  }
  budget_.image_bytes -= bytes;
  ASSIGN_OR_RETURN(const int to, stack_.Enter(Parent(entry.path)));
  stack_.Touch();
  const int lower = all_.root(entry.layer);
  UniqueFd from(openat(lower, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!Parent(entry.path).empty()) {
    ASSIGN_OR_RETURN(from,
                     OpenDirectoryAt(lower, std::string(Parent(entry.path))));
  }
  const std::string name(BaseName(entry.path));
  return CopyFileAt(from.get(), name, to, name);
}

absl::Status CopyUp::HideLowerRoot() {
  RETURN_IF_ERROR(stack_.Leave());
  stack_.Touch();
  std::set<std::string> names;
  for (size_t i = 0; i < lower_.layers(); ++i) {
    ASSIGN_OR_RETURN(const std::vector<std::string> more,
                     ListDirectory(lower_.root(i)));
    names.insert(more.begin(), more.end());
  }
  for (const std::string& name : names) {
    RETURN_IF_ERROR(HideName(name));
  }
  return absl::OkStatus();
}

absl::Status CopyUp::HideName(const std::string& name) {
  struct stat st;
  if (fstatat(stack_.root(), name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return StorageError(MakeWhiteout(stack_.root(), name.c_str()));
  }
  if (!S_ISDIR(st.st_mode)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(stack_.root(), name));
  return StorageError(SetOpaque(fd.get()));
}

absl::Status CopyUp::CopyMetadata(const std::string& path) {
  ASSIGN_OR_RETURN(const auto own, own_.Lookup(path));
  if (!own.has_value() || !S_ISDIR(own->st.st_mode)) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool hidden, IsHidden(path));
  if (hidden) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto lower, lower_.Lookup(path));
  if (!lower.has_value() || !S_ISDIR(lower->st.st_mode)) {
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(own_.root(0), path));
  ASSIGN_OR_RETURN(const UniqueFd from,
                   OpenDirectoryAt(lower_.root(lower->layer), path));
  return image::CopyMetadata(from.get(), lower->st, fd.get());
}

}  // namespace

absl::Status CopyUpFromLower(const LayerSink::Written& layer,
                             const std::vector<LayerDirectory>& lower,
                             const std::string& label, const Limits& limits,
                             const Owners& owners, Budget& budget) {
  WalkBudget* const lookups = &budget.lower_lookups;
  ASSIGN_OR_RETURN(MergedView own, MergedView::Open(OnTop(layer.directory, {}),
                                                    label, lookups));
  ASSIGN_OR_RETURN(MergedView below, MergedView::Open(lower, label, lookups));
  ASSIGN_OR_RETURN(
      MergedView all,
      MergedView::Open(OnTop(layer.directory, lower), label, lookups));
  absl::StatusOr<UniqueFd> root =
      fs::Open(layer.directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!root.ok()) return StorageError(root.status());
  return CopyUp(std::move(own), std::move(below), std::move(all),
                *std::move(root), label, limits, owners, budget)
      .Run(layer.references);
}

}  // namespace faas::image
