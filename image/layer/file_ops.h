#ifndef FAAS_IMAGE_LAYER_FILE_OPS_H_
#define FAAS_IMAGE_LAYER_FILE_OPS_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "image/stored_layer.h"

namespace faas::image {

// Operations on single names in open directories. None of them follows a
// symlink. Errors are kStorage and name the entry.

// Opens the directory `name`.
absl::StatusOr<base::UniqueFd> OpenDirectoryAt(int directory,
                                               const std::string& name);

// Opens a layer's root. `flags` is O_RDONLY or O_PATH.
absl::StatusOr<base::UniqueFd> OpenLayer(const LayerDirectory& layer,
                                         int flags);

// Removes `name` and all below it, if it is there.
absl::Status RemoveAt(int directory, const std::string& name);

// Returns the entries of `directory` except "." and "..", in no order.
absl::StatusOr<std::vector<std::string>> ListDirectory(int directory);

// Copies a regular file or a symlink, with owner, mode, times and attributes.
// The copy shares the extents where the file system can, and keeps holes. The
// new name must be free.
absl::Status CopyFileAt(int from, const std::string& name, int to,
                        const std::string& new_name);

// Returns the bytes that the tree at `path` takes on disk: the blocks of all
// files and directories, each counted once.
absl::StatusOr<uint64_t> TreeBytes(const std::string& path);

// Gives the file or directory open at `to` owner, mode and times from `st`, and
// the attributes of the one open at `from`.
absl::Status CopyMetadata(int from, const struct stat& st, int to);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_FILE_OPS_H_
