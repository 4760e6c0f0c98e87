#ifndef FAAS_IMAGE_LAYER_MOVE_CONTENT_H_
#define FAAS_IMAGE_LAYER_MOVE_CONTENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "image/layer/directory_stack.h"
#include "image/limits.h"

namespace faas::image {

// Returns whether the content of the directory `from` of a layer could move to
// `to`, which may not exist yet. It cannot if the layer has anything but
// directories on the way there, or if something would have to take the place of
// `from` itself or of a directory that contains it. `root` is the layer's root.
// The paths are taken literally.
absl::StatusOr<bool> CanMoveContent(int root, const std::string& from,
                                    const std::string& to);

// Moves the content and removes `from`. Directories that are on both sides are
// merged; otherwise what moves replaces what is there. `label` names the layer
// in errors: kLimit, before anything has moved, if paths would be too long or
// too deep; kStorage.
absl::Status MoveContent(DirectoryStack& stack, const std::string& from,
                         const std::string& to, const std::string& label,
                         const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_MOVE_CONTENT_H_
