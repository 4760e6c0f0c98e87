#ifndef FAAS_RUNNERD_REVISION_ROOTFS_H_
#define FAAS_RUNNERD_REVISION_ROOTFS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::runnerd {

// Root file systems: read-only overlays of layers, or where these cannot be had
// a plain tree (see FlatTrees), mounted at
// <state_dir>/images/NAME/<revision id>/rootfs.
//
// Above the image's layers lies one of our own, the scaffold: real directories
// for /proc, /dev, /sys, /tmp and /run/secrets, and an empty /control.sock, to
// mount upon.
// They hide whatever the image has there, a symlink for instance.

// Creates <state_dir>/scaffold, owned by `id_base`; returns its path.
absl::StatusOr<std::string> MakeScaffold(const std::string& state_dir,
                                         uint32_t id_base);

// Mounts the union of `layers` (paths, from the bottom up; a path may come
// twice) and the scaffold at `target`, which is created.
absl::Status MountRootfs(const std::string& scaffold,
                         const std::vector<std::string>& layers,
                         const std::string& target);

// Mounts `tree`, which has all of that in one, at `target`, which is created.
absl::Status MountFlatRootfs(const std::string& tree,
                             const std::string& target);

// OK if overlays of layers in `state_dir` can be mounted; the reason if not.
absl::Status ProbeOverlay(const std::string& state_dir);

// Unmounts `target`, in use or not, and removes the directory. Containers that
// run keep their own view.
absl::Status UnmountRootfs(const std::string& target);

// Unmounts everything below `directory`: what an earlier life has left.
absl::Status UnmountAllBelow(const std::string& directory);

// Lets the root of containers, whose group on the host is `id_base`, pass
// through a directory of root's on its way to a root file system.
absl::Status LetContainersPass(const std::string& directory, uint32_t id_base);

// OK if it can pass through the directories above `state_dir`.
// FAILED_PRECONDITION, with what to do, if not.
absl::Status CheckContainersPass(const std::string& state_dir,
                                 uint32_t id_base);

// OK if `state_dir` can be part of overlayfs's options.
absl::Status CheckStateDir(const std::string& state_dir);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_ROOTFS_H_
