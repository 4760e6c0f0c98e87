#include "image/layer/move_content.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "image/error.h"
#include "image/layer/entry_path.h"
#include "image/layer/file_ops.h"

namespace faas::image {
namespace {

using base::UniqueFd;

absl::StatusOr<bool> HasOnlyDirectories(int root, const std::string& path) {
  for (absl::string_view part = path; !part.empty(); part = Parent(part)) {
    struct stat st;
    if (fstatat(root, std::string(part).c_str(), &st, AT_SYMLINK_NOFOLLOW) ==
        0) {
      if (!S_ISDIR(st.st_mode)) return false;
    } else if (errno == ENOTDIR || errno == ELOOP) {
      return false;
    } else if (errno != ENOENT) {
      return FailedCall("stat", path);
    }
  }
  return true;
}

// Checks that everything in the directory open at `from` may be in the one at
// `to`, where paths are longer and deeper.
absl::Status CheckLimits(int from, const std::string& to,
                         const std::string& label, const Limits& limits) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(from));
  for (const std::string& name : names) {
    const std::string path = JoinPath(to, name);
    const auto depth =
        1 + static_cast<size_t>(std::count(path.begin(), path.end(), '/'));
    if (path.size() > limits.path_bytes || depth > limits.depth) {
      return ImageError(
          ErrorCategory::kLimit,
          absl::StrCat(label, ": \"", base::Printable(path),
                       "\", where a symlink of a lower layer leads, has more "
                       "than ",
                       limits.path_bytes, " bytes in its path or is more than ",
                       limits.depth, " directories deep"));
    }
    struct stat st;
    if (fstatat(from, name.c_str(), &st, AT_SYMLINK_NOFOLLOW) != 0) {
      return FailedCall("stat", name);
    }
    if (!S_ISDIR(st.st_mode)) continue;
    ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(from, name));
    RETURN_IF_ERROR(CheckLimits(fd.get(), path, label, limits));
  }
  return absl::OkStatus();
}

absl::Status MoveEntry(DirectoryStack& stack, int from, const std::string& name,
                       const std::string& to) {
  ASSIGN_OR_RETURN(const int target, stack.Enter(to));
  struct stat old_st, new_st;
  if (fstatat(from, name.c_str(), &new_st, AT_SYMLINK_NOFOLLOW) != 0) {
    return FailedCall("stat", name);
  }
  const bool taken =
      fstatat(target, name.c_str(), &old_st, AT_SYMLINK_NOFOLLOW) == 0;
  if (taken && S_ISDIR(old_st.st_mode) && S_ISDIR(new_st.st_mode)) {
    ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(from, name));
    ASSIGN_OR_RETURN(const std::vector<std::string> names,
                     ListDirectory(fd.get()));
    for (const std::string& child : names) {
      RETURN_IF_ERROR(MoveEntry(stack, fd.get(), child, JoinPath(to, name)));
    }
    return absl::OkStatus();
  }
  stack.Touch();
  if (taken) RETURN_IF_ERROR(RemoveAt(target, name));
  if (renameat(from, name.c_str(), target, name.c_str()) != 0) {
    return FailedCall("move", name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<bool> CanMoveContent(int root, const std::string& from,
                                    const std::string& to) {
  ASSIGN_OR_RETURN(const bool free, HasOnlyDirectories(root, to));
  const std::string prefix = to.empty() ? "" : absl::StrCat(to, "/");
  if (!free || !absl::StartsWith(from, prefix)) return free;
  // `to` contains `from`, as in "usr/bin/X11 -> .".
  const absl::string_view rest = absl::string_view(from).substr(prefix.size());
  const std::string first(rest.substr(0, rest.find('/')));
  ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(root, from));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ListDirectory(fd.get()));
  return std::find(names.begin(), names.end(), first) == names.end();
}

absl::Status MoveContent(DirectoryStack& stack, const std::string& from,
                         const std::string& to, const std::string& label,
                         const Limits& limits) {
  RETURN_IF_ERROR(stack.Leave());
  ASSIGN_OR_RETURN(const UniqueFd fd, OpenDirectoryAt(stack.root(), from));
  RETURN_IF_ERROR(CheckLimits(fd.get(), to, label, limits));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   ListDirectory(fd.get()));
  for (const std::string& name : names) {
    RETURN_IF_ERROR(MoveEntry(stack, fd.get(), name, to));
  }
  RETURN_IF_ERROR(stack.Leave());
  ASSIGN_OR_RETURN(const int parent, stack.Enter(Parent(from)));
  stack.Touch();
  return RemoveAt(parent, std::string(BaseName(from)));
}

}  // namespace faas::image
