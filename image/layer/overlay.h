#ifndef FAAS_IMAGE_LAYER_OVERLAY_H_
#define FAAS_IMAGE_LAYER_OVERLAY_H_

#include <sys/stat.h>

#include "absl/status/status.h"

namespace faas::image {

// The marks by which overlayfs knows, with the mount option `userxattr`, what a
// layer hides: https://docs.kernel.org/filesystems/overlayfs.html. Neither
// needs a capability beyond ownership; mknod allows device 0/0 without
// CAP_MKNOD.

// Whether `st` is a whiteout.
bool IsWhiteout(const struct stat& st);

// Makes the whiteout `name` in `directory`; EEXIST as the errno's Status if
// something is there.
absl::Status MakeWhiteout(int directory, const char* name);

// Makes the directory open at `fd` opaque, or asks whether it is.
absl::Status SetOpaque(int fd);
bool IsOpaque(int fd);
absl::Status ClearOpaque(int fd);

}  // namespace faas::image

#endif  // FAAS_IMAGE_LAYER_OVERLAY_H_
