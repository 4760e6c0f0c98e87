#ifndef FAAS_IMAGE_LAYER_FILE_OPS_H_
#define FAAS_IMAGE_LAYER_FILE_OPS_H_

#include <sys/stat.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::image {

// Operations on single names in open directories; none follows a symlink.
// Errors are kStorage and name the entry.

// Opens the directory `name`.
absl::StatusOr<base::UniqueFd> OpenDirectoryAt(int directory,
                                               const std::string& name);

// Removes `name` with all below it, if it is there.
absl::Status RemoveAt(int directory, const std::string& name);

// The entries of `directory` but "." and "..", in no order.
absl::StatusOr<std::vector<std::string>> ListDirectory(int directory);

// Copies a regular file or a symlink, with owner, mode and times. Shares the
// extents where the file system can, and keeps holes. The new name must be
// free.
absl::Status CopyFileAt(int from, const std::string& name, int to,
                        const std::string& new_name);

// Gives the directory open at `fd` owner, mode and times.
absl::Status SetMetadata(int fd, const struct stat& st);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_FILE_OPS_H_
