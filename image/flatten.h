#ifndef FAAS_IMAGE_FLATTEN_H_
#define FAAS_IMAGE_FLATTEN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace faas::image {

enum class FlattenMode {
  kMove,  // Renames the files. Only the layers' directories stay behind.
  kCopy,  // Leaves the layers as they are, and shares extents if it can.
};

// Makes one plain tree at `target` from layers as ExtractImage writes them,
// which are given from the bottom up. The tree is what overlayfs would show of
// them, without its markers. `target` is created, or is an empty directory; for
// kMove it is on the file system of the layers. A directory that is named twice
// is used at its topmost position. This needs the privileges that ExtractImage
// needed.
//
// Errors are kStorage. After an error, `target` is incomplete, and so are the
// layers with kMove; the caller removes them.
absl::Status Flatten(const std::vector<std::string>& layer_directories,
                     const std::string& target, FlattenMode mode);

}  // namespace faas::image

#endif  // FAAS_IMAGE_FLATTEN_H_
