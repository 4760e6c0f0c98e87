#ifndef FAAS_COMMON_FS_FILE_H_
#define FAAS_COMMON_FS_FILE_H_

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"

namespace faas::fs {

// Opens `path` with O_CLOEXEC. Errors name the path.
absl::StatusOr<base::UniqueFd> Open(const std::string& path, int flags,
                                    mode_t mode = 0600);

// Opens `path` as if `root` were "/": neither "..", nor absolute symlinks, nor
// magic links lead out of it (openat2, RESOLVE_IN_ROOT). For paths and trees
// that a stranger made. `flags` as for open(2); O_CLOEXEC is added.
absl::StatusOr<base::UniqueFd> OpenInRoot(int root, const std::string& path,
                                          int flags, mode_t mode = 0);

// Reads a whole file. RESOURCE_EXHAUSTED if it is longer than `limit_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t limit_bytes);
absl::StatusOr<std::string> ReadFd(int fd, size_t limit_bytes);

// Writes all of `data`.
absl::Status WriteFd(int fd, absl::string_view data);

// Replaces `path` by `data` so that after a crash it holds the old bytes or
// the new ones, and when this has returned, the new ones for good: write to a
// temporary name beside it, fsync, rename, fsync of the directory. After an
// error it holds the old bytes, or is not there if it was not, also when only
// the last fsync has failed.
absl::Status WriteFileDurably(const std::string& path, absl::string_view data,
                              mode_t mode);

// Removes what a WriteFileDurably of `path` has left beside it that a crash cut
// short. Nobody may be writing it.
absl::Status RemoveWriteLeftovers(const std::string& path);

// Makes the entries of a directory durable.
absl::Status SyncDirectory(const std::string& path);

// Creates `path` and its missing parents. Succeeds if it is there already.
absl::Status MakeDirectories(const std::string& path, mode_t mode);

// `path`, which exists, without symlinks, ".." and doubled slashes.
absl::StatusOr<std::string> RealPath(const std::string& path);

// The names in a directory, without "." and "..", in no order.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path);

// Removes `path` and all below it; never follows a symlink and never crosses
// into another mounted file system. Succeeds if there is nothing.
absl::Status RemoveTree(const std::string& path);
// The same for `name` in the open directory `directory`.
absl::Status RemoveTreeAt(int directory, const std::string& name);

}  // namespace faas::fs

#endif  // FAAS_COMMON_FS_FILE_H_
