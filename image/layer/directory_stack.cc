#include "image/layer/directory_stack.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "image/error.h"
#include "image/layer/entry_path.h"
#include "image/layer/overlay.h"

namespace faas::image {
namespace {

using base::UniqueFd;

// The kernel follows as many in one path.
constexpr int kMaxLinks = 40;
// The components of the ways to all paths together: so many at first, and so
// many for each path. Entries that follow each other share most of their way,
// so an honest layer takes two or three for each.
constexpr uint64_t kFreeSteps = 50'000;
constexpr uint64_t kStepsPerPath = 64;

// Opens one component, which is neither a symlink nor "..".
UniqueFd OpenDirectory(int parent, const char* name) {
  open_how how = {};
  how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return UniqueFd(
      static_cast<int>(syscall(SYS_openat2, parent, name, &how, sizeof(how))));
}

}  // namespace

DirectoryStack::DirectoryStack(UniqueFd root, std::string label,
                               const Limits& limits, const Owners& owners)
    : label_(std::move(label)),
      limits_(limits),
      owners_(owners),
      privileged_(owners.keep || geteuid() == 0),
      steps_(kFreeSteps, kStepsPerPath) {
  Level level;
  level.fd = std::move(root);
  fstat(level.fd.get(), &level.found);
  levels_.push_back(std::move(level));
}

std::string DirectoryStack::CurrentPath(absl::string_view name) const {
  std::string path;
  for (size_t i = 1; i < levels_.size(); ++i) {
    absl::StrAppend(&path, levels_[i].name, "/");
  }
  absl::StrAppend(&path, name);
  return path;
}

absl::Status DirectoryStack::Fail(absl::string_view what,
                                  absl::string_view name) const {
  const int error = errno;
  return StorageError(base::ErrnoStatus(
      absl::StrCat(what, " \"", base::Printable(CurrentPath(name)), "\""),
      error));
}

absl::Status DirectoryStack::TooFar() const {
  return ImageError(
      ErrorCategory::kLimit,
      absl::StrCat(label_, ": \"", base::Printable(*requested_),
                   "\" and others lead through more than ", kStepsPerPath,
                   " directories and symlinks each, on average"));
}

absl::StatusOr<int> DirectoryStack::Enter(absl::string_view path) {
  if (path != requested_) {
    std::deque<std::string> pending;
    if (!path.empty()) pending = absl::StrSplit(path, '/');
    requested_ = std::string(path);
    links_followed_ = 0;
    steps_.AddPath();
    if (absl::Status status = Walk(std::move(pending)); !status.ok()) {
      requested_.reset();
      return status;
    }
  }
  return levels_.back().fd.get();
}

absl::Status DirectoryStack::Walk(std::deque<std::string> pending) {
  size_t shared = 0;
  while (shared + 1 < levels_.size() && shared < pending.size() &&
         levels_[shared + 1].name == pending[shared]) {
    ++shared;
  }
  while (levels_.size() > shared + 1) RETURN_IF_ERROR(Pop());
  pending.erase(pending.begin(), pending.begin() + shared);
  while (!pending.empty()) {
    const std::string name = std::move(pending.front());
    pending.pop_front();
    if (!steps_.Step()) return TooFar();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      // No level is a symlink, so this is the parent. The root's parent is the
      // root.
      if (levels_.size() > 1) RETURN_IF_ERROR(Pop());
      continue;
    }
    RETURN_IF_ERROR(Descend(name, pending));
  }
  return absl::OkStatus();
}

size_t DirectoryStack::CurrentPathBytes() const {
  size_t bytes = 0;
  for (size_t i = 1; i < levels_.size(); ++i) {
    bytes += levels_[i].name.size() + (i > 1 ? 1 : 0);
  }
  return bytes;
}

// Entries have been checked. But a symlink that is followed may lead to longer
// and deeper paths than any entry has.
absl::Status DirectoryStack::CheckLimits(const std::string& name) const {
  const auto exceeded = [&](absl::string_view what) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(label_, ": \"", base::Printable(CurrentPath(name)), "\" ",
                     what));
  };
  // What is written into the directory is one level deeper.
  if (levels_.size() >= limits_.depth) {
    return exceeded(absl::StrCat("is more than ", limits_.depth,
                                 " directories deep",
                                 NameLimit("max_path_depth")));
  }
  if (name.size() > limits_.component_bytes) {
    return exceeded(absl::StrCat("has a component of more than ",
                                 limits_.component_bytes, " bytes",
                                 NameLimit("max_name_bytes")));
  }
  if (CurrentPathBytes() + 1 + name.size() > limits_.path_bytes) {
    return exceeded(absl::StrCat("has more than ", limits_.path_bytes,
                                 " bytes in its path",
                                 NameLimit("max_path_bytes")));
  }
  return absl::OkStatus();
}

absl::Status DirectoryStack::Descend(const std::string& name,
                                     std::deque<std::string>& pending) {
  RETURN_IF_ERROR(CheckLimits(name));
  ASSIGN_OR_RETURN(const std::optional<mode_t> unlocked, Unlock(name));
  ASSIGN_OR_RETURN(UniqueFd fd, OpenOrMake(name));
  if (!fd.valid()) return Follow(name, pending);
  Level level;
  level.name = name;
  if (fstat(fd.get(), &level.found) != 0) return Fail("stat", name);
  level.fd = std::move(fd);
  level.locked_mode = unlocked;
  levels_.push_back(std::move(level));
  return absl::OkStatus();
}

// Makes a directory writable for its owner, and returns the mode to restore, if
// any. Without privilege, a directory takes entries only while its owner may
// write.
absl::StatusOr<std::optional<mode_t>> DirectoryStack::Unlock(
    const std::string& name) {
  const int parent = levels_.back().fd.get();
  struct stat st;
  if (privileged_ ||
      fstatat(parent, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISDIR(st.st_mode) || (st.st_mode & S_IRWXU) == S_IRWXU) {
    return std::nullopt;
  }
  const mode_t mode = st.st_mode & 07777;
  if (fchmodat(parent, name.c_str(), mode | S_IRWXU, 0) != 0) {
    return Fail("set the mode of", name);
  }
  return mode;
}

// Returns an invalid descriptor, and no error, if `name` is a symlink.
absl::StatusOr<UniqueFd> DirectoryStack::OpenOrMake(const std::string& name) {
  const int parent = levels_.back().fd.get();
  UniqueFd fd = OpenDirectory(parent, name.c_str());
  if (fd.valid()) return fd;
  struct stat st;
  if (errno == ENOENT) {
    RETURN_IF_ERROR(MakeImplicit(name, /*over_whiteout=*/false));
  } else if (fstatat(parent, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
    return Fail("stat", name);
  } else if (S_ISLNK(st.st_mode)) {
    return UniqueFd();
  } else if (IsWhiteout(st)) {
    RETURN_IF_ERROR(MakeImplicit(name, /*over_whiteout=*/true));
  } else if (!S_ISDIR(st.st_mode)) {
    return ImageError(
        ErrorCategory::kMalformed,
        absl::StrCat(label_, ": \"", base::Printable(CurrentPath(name)),
                     "\" is not a directory, but has entries in it"));
  }
  fd = OpenDirectory(parent, name.c_str());
  if (!fd.valid()) return Fail("open", name);
  return fd;
}

absl::Status DirectoryStack::MakeImplicit(const std::string& name,
                                          bool over_whiteout) {
  std::string path = CurrentPath(name);
  // No entry has such a name, but the target of a symlink may.
  if (absl::StartsWith(name, kWhiteoutPrefix)) {
    return ImageError(
        ErrorCategory::kUnsafeLink,
        absl::StrCat(label_, ": \"", base::Printable(*requested_),
                     "\" leads through a symlink into a whiteout, \"",
                     base::Printable(path), "\""));
  }
  implicit_bytes_ += path.size();
  if (implicit_.size() >= limits_.lower_references ||
      implicit_bytes_ > limits_.lower_reference_bytes) {
    return ImageError(
        ErrorCategory::kLimit,
        absl::StrCat(label_, ": has entries in more than ",
                     limits_.lower_references,
                     " directories that it does not list, or their names "
                     "are longer than ",
                     limits_.lower_reference_bytes, " bytes",
                     NameLimit("max_lower_references")));
  }
  const int parent = levels_.back().fd.get();
  Touch();
  if (over_whiteout && unlinkat(parent, name.c_str(), 0) != 0) {
    return Fail("remove", name);
  }
  if (mkdirat(parent, name.c_str(), 0755) != 0) return Fail("mkdir", name);
  const UniqueFd fd = OpenDirectory(parent, name.c_str());
  if (!fd.valid()) return Fail("open", name);
  const timespec times[2] = {};
  if ((owners_.keep &&
       fchown(fd.get(), owners_.OnDisk(0), owners_.OnDisk(0)) != 0) ||
      fchmod(fd.get(), 0755) != 0 || futimens(fd.get(), times) != 0) {
    return Fail("set the mode of", name);
  }
  // What the whiteout hid stays hidden, and the metadata of a lower directory
  // does not count.
  if (over_whiteout) return StorageError(SetOpaque(fd.get()));
  implicit_.insert(std::move(path));
  return absl::OkStatus();
}

absl::Status DirectoryStack::Follow(const std::string& name,
                                    std::deque<std::string>& pending) {
  char target[PATH_MAX];
  const ssize_t n =
      readlinkat(levels_.back().fd.get(), name.c_str(), target, sizeof(target));
  if (n < 0) return Fail("read link", name);
  if (++links_followed_ > kMaxLinks) {
    return ImageError(
        ErrorCategory::kUnsafeLink,
        absl::StrCat(label_, ": \"", base::Printable(*requested_),
                     "\" leads through more than ", kMaxLinks, " symlinks"));
  }
  const absl::string_view text(target, n);
  if (text[0] == '/') {
    while (levels_.size() > 1) RETURN_IF_ERROR(Pop());
  }
  const std::vector<std::string> components = absl::StrSplit(text, '/');
  pending.insert(pending.begin(), components.begin(), components.end());
  return absl::OkStatus();
}

absl::Status DirectoryStack::Pop() {
  const Level level = std::move(levels_.back());
  levels_.pop_back();
  return Restore(level);
}

absl::Status DirectoryStack::Restore(const Level& level) const {
  if (level.touched) {
    const timespec times[2] = {level.found.st_atim, level.found.st_mtim};
    if (futimens(level.fd.get(), times) != 0) {
      return Fail("set times of", level.name);
    }
  }
  if (level.locked_mode.has_value() &&
      fchmod(level.fd.get(), *level.locked_mode) != 0) {
    return Fail("set the mode of", level.name);
  }
  return absl::OkStatus();
}

void DirectoryStack::SetExplicit(absl::string_view name) {
  if (!implicit_.empty()) implicit_.erase(CurrentPath(name));
}

absl::Status DirectoryStack::Leave() {
  while (levels_.size() > 1) RETURN_IF_ERROR(Pop());
  requested_ = std::string();
  RETURN_IF_ERROR(Restore(levels_.front()));
  levels_.front().touched = false;
  return absl::OkStatus();
}

}  // namespace faas::image
