#ifndef FAAS_IMAGE_LAYER_MOVE_CONTENT_H_
#define FAAS_IMAGE_LAYER_MOVE_CONTENT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "image/layer/directory_stack.h"
#include "image/limits.h"

namespace faas::image {

// Whether what is in the directory `from` of a layer could move to `to`, which
// may not exist yet: it cannot if the layer has anything but directories on the
// way there, or if something would have to take the place of `from` itself or
// of what it is in. `root` is the layer's; the paths are taken literally.
absl::StatusOr<bool> CanMoveContent(int root, const std::string& from,
                                    const std::string& to);

// Moves it and removes `from`. Directories that are on both sides are merged,
// for the rest what moves replaces what is there. `label` names the layer in
// errors: kLimit, before anything has moved, if paths would be too long or too
// deep; kStorage.
absl::Status MoveContent(DirectoryStack& stack, const std::string& from,
                         const std::string& to, const std::string& label,
                         const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_MOVE_CONTENT_H_
