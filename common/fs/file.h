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

// Opens `path` as if the directory `root` were "/": neither "..", nor absolute
// symlinks, nor magic links lead out of it (openat2, RESOLVE_IN_ROOT). Use it
// for paths and trees that a stranger made. `flags` is as for open(2);
// O_CLOEXEC is added.
absl::StatusOr<base::UniqueFd> OpenInRoot(int root, const std::string& path,
                                          int flags, mode_t mode = 0);

// Returns the content of a file. Returns RESOURCE_EXHAUSTED if it is longer
// than `limit_bytes`.
absl::StatusOr<std::string> ReadFile(const std::string& path,
                                     size_t limit_bytes);
absl::StatusOr<std::string> ReadFd(int fd, size_t limit_bytes);

// Writes all of `data`.
absl::Status WriteFd(int fd, absl::string_view data);

// Replaces the content of `path` by `data`, so that after a crash it holds the
// old bytes or the new ones, and after a return of OK the new ones: it writes
// to a temporary name beside `path`, calls fsync, renames, and calls fsync on
// the directory. After an error `path` holds the old bytes, or does not exist
// if it did not exist before, even if only the last fsync has failed.
absl::Status WriteFileDurably(const std::string& path, absl::string_view data,
                              mode_t mode);

// Removes what a WriteFileDurably of `path` left beside it when a crash
// interrupted it. Nobody may be writing `path` at the same time.
absl::Status RemoveWriteLeftovers(const std::string& path);

// Makes the entries of a directory durable (fsync).
absl::Status SyncDirectory(const std::string& path);

// Creates the directory `path` and its missing parents. Succeeds if it exists.
absl::Status MakeDirectories(const std::string& path, mode_t mode);

// Returns `path`, which has to exist, without symlinks, ".." and doubled
// slashes.
absl::StatusOr<std::string> RealPath(const std::string& path);

// Returns the names in a directory, without "." and "..", in no order.
absl::StatusOr<std::vector<std::string>> ListDirectory(const std::string& path);

// Removes `path` and everything below it. Never follows a symlink, and never
// enters another mounted file system. Succeeds if `path` does not exist.
absl::Status RemoveTree(const std::string& path);
// Does the same for `name` in the open directory `directory`.
absl::Status RemoveTreeAt(int directory, const std::string& name);

}  // namespace faas::fs

#endif  // FAAS_COMMON_FS_FILE_H_
