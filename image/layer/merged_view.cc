#include "image/layer/merged_view.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/layer/entry_path.h"
#include "image/layer/file_ops.h"
#include "image/layer/overlay.h"
#include "image/limits.h"

namespace faas::image {
namespace {

using base::UniqueFd;

constexpr int kMaxLookupLinks = 40;

// Puts the components of `path` in front of `pending`.
void Prepend(absl::string_view path, std::deque<std::string>& pending) {
  const std::vector<std::string> components = absl::StrSplit(path, '/');
  pending.insert(pending.begin(), components.begin(), components.end());
}

}  // namespace

absl::StatusOr<MergedView> MergedView::Open(
    const std::vector<LayerDirectory>& directories, std::string label,
    WalkBudget* lookups) {
  MergedView view;
  view.label_ = std::move(label);
  view.lookups_ = lookups;
  for (const LayerDirectory& directory : directories) {
    ASSIGN_OR_RETURN(UniqueFd root, OpenLayer(directory, O_RDONLY));
    view.roots_.push_back(std::move(root));
  }
  return view;
}

absl::Status MergedView::CountLookup() const {
  if (lookups_->Step()) return absl::OkStatus();
  return ImageError(
      ErrorCategory::kLimit,
      absl::StrCat(label_,
                   ": it takes too many steps to find what the layers "
                   "below have for its directories and hard links",
                   NameLimit("max_lower_lookups")));
}

absl::StatusOr<MergedView::Level> MergedView::RootLevel() const {
  Level level = {};
  if (!roots_.empty() && fstat(root(0), &level.entry.st) != 0) {
    return FailedCall("stat", "/");
  }
  for (size_t i = 0; i < roots_.size(); ++i) level.layers.push_back(i);
  return level;
}

absl::StatusOr<std::optional<MergedView::Entry>> MergedView::Find(
    const Level& level, const std::string& name) const {
  Entry entry = {.path = JoinPath(level.entry.path, name)};
  for (const size_t layer : level.layers) {
    RETURN_IF_ERROR(CountLookup());
    // No component of the path is a symlink in this layer, because each was
    // found to be a directory there.
    if (fstatat(root(layer), entry.path.c_str(), &entry.st,
                AT_SYMLINK_NOFOLLOW) == 0) {
      if (IsWhiteout(entry.st)) return std::nullopt;
      entry.layer = layer;
      return entry;
    }
    // The target of a symlink may be too long to exist.
    if (errno != ENOENT && errno != ENAMETOOLONG) {
      return FailedCall("stat", entry.path);
    }
  }
  return std::nullopt;
}

absl::StatusOr<MergedView::Level> MergedView::Descend(
    const Level& parent, const Entry& entry) const {
  Level level = {.entry = entry};
  for (const size_t layer : parent.layers) {
    if (layer < entry.layer) continue;
    RETURN_IF_ERROR(CountLookup());
    const UniqueFd fd(openat(root(layer), entry.path.c_str(),
                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd.valid() && errno == ENOENT) continue;
    // A whiteout, a file or a symlink hides what is below it.
    if (!fd.valid() && (errno == ENOTDIR || errno == ELOOP)) break;
    if (!fd.valid()) return FailedCall("open", entry.path);
    level.layers.push_back(layer);
    if (IsOpaque(fd.get())) break;
  }
  return level;
}

absl::StatusOr<std::string> MergedView::ReadLink(const Entry& entry) const {
  char target[PATH_MAX];
  const ssize_t n =
      readlinkat(root(entry.layer), entry.path.c_str(), target, sizeof(target));
  if (n < 0) return FailedCall("read link", entry.path);
  return std::string(target, n);
}

absl::StatusOr<std::optional<MergedView::Entry>> MergedView::Lookup(
    absl::string_view path) const {
  ASSIGN_OR_RETURN(Level level, RootLevel());
  std::optional<Entry> entry;
  for (const absl::string_view name : absl::StrSplit(path, '/')) {
    if (entry.has_value()) {
      if (!S_ISDIR(entry->st.st_mode)) return std::nullopt;
      ASSIGN_OR_RETURN(level, Descend(level, *entry));
    }
    ASSIGN_OR_RETURN(entry, Find(level, std::string(name)));
    if (!entry.has_value()) return std::nullopt;
  }
  return entry;
}

absl::StatusOr<std::optional<MergedView::Entry>> MergedView::Resolve(
    absl::string_view from, absl::string_view path) const {
  std::deque<std::string> pending;
  Prepend(path, pending);
  if (path.empty() || path[0] != '/') Prepend(from, pending);
  ASSIGN_OR_RETURN(Level top, RootLevel());
  std::vector<Level> levels = {std::move(top)};
  for (int links = 0; !pending.empty();) {
    const std::string name = std::move(pending.front());
    pending.pop_front();
    RETURN_IF_ERROR(CountLookup());
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      if (levels.size() > 1) levels.pop_back();
      continue;
    }
    ASSIGN_OR_RETURN(std::optional<Entry> entry, Find(levels.back(), name));
    if (!entry.has_value() || pending.empty()) return entry;
    if (S_ISLNK(entry->st.st_mode)) {
      if (++links > kMaxLookupLinks) return std::nullopt;
      ASSIGN_OR_RETURN(const std::string target, ReadLink(*entry));
      if (target[0] == '/') levels.erase(levels.begin() + 1, levels.end());
      Prepend(target, pending);
    } else if (S_ISDIR(entry->st.st_mode)) {
      ASSIGN_OR_RETURN(Level level, Descend(levels.back(), *entry));
      levels.push_back(std::move(level));
    } else {
      return std::nullopt;
    }
  }
  return levels.back().entry;
}

}  // namespace faas::image
