#ifndef FAAS_IMAGE_LAYER_OVERLAY_H_
#define FAAS_IMAGE_LAYER_OVERLAY_H_

#include <sys/stat.h>

#include "absl/status/status.h"

namespace faas::image {

// The marks by which overlayfs knows what a layer hides, with the mount option
// `userxattr`: https://docs.kernel.org/filesystems/overlayfs.html. They need no
// capability beyond ownership; mknod allows device 0/0 without CAP_MKNOD.

// Returns whether `st` is that of a whiteout.
bool IsWhiteout(const struct stat& st);

// Makes the whiteout `name` in `directory`. Fails with the Status of EEXIST if
// something is there.
absl::Status MakeWhiteout(int directory, const char* name);

// These make the directory open at `fd` opaque, say whether it is, and undo it.
absl::Status SetOpaque(int fd);
bool IsOpaque(int fd);
absl::Status ClearOpaque(int fd);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_OVERLAY_H_
