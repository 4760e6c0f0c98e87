#ifndef FAAS_IMAGE_FLATTEN_H_
#define FAAS_IMAGE_FLATTEN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace faas::image {

enum class FlattenMode {
  kMove,  // renames; consumes the layers, whose directories stay behind
  kCopy,  // leaves the layers as they are; shares extents where it can
};

// Makes one plain tree at `target` from layers as ExtractImage writes them,
// from the bottom up: what overlayfs would show of them, without its markers.
// `target` is created, or is an empty directory; for kMove it is on the file
// system of the layers. A directory that is named twice is used at its topmost
// position. Needs the privileges that ExtractImage needed.
//
// Errors are kStorage. After one, `target`, and for kMove the layers, are in
// between and the caller's to remove.
absl::Status Flatten(const std::vector<std::string>& layer_directories,
                     const std::string& target, FlattenMode mode);

}  // namespace faas::image

#endif  // FAAS_IMAGE_FLATTEN_H_
