#ifndef FAAS_RUNNERD_REVISION_ROOTFS_H_
#define FAAS_RUNNERD_REVISION_ROOTFS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::runnerd {

// These functions mount and unmount the root file systems of revisions. A root
// file system is a read-only overlay of layers, or a plain tree where overlays
// cannot be mounted (see FlatTrees). It is mounted at
// <state_dir>/images/NAME/<revision id>/rootfs.
//
// The topmost layer is not the image's but the scaffold: it has a real
// directory for each of /proc, /dev, /sys, /tmp and /run/secrets, and an empty
// file /control.sock, on which the runtime mounts. They hide what the image has
// there, such as a symbolic link.

// Creates <state_dir>/scaffold, owned by user and group `id_base`. Returns its
// path.
absl::StatusOr<std::string> MakeScaffold(const std::string& state_dir,
                                         uint32_t id_base);

// Mounts an overlay of `layers` and the scaffold at `target`, which is created.
// `layers` are paths from the bottom up; the same path may occur twice. On
// error nothing is mounted.
absl::Status MountRootfs(const std::string& scaffold,
                         const std::vector<std::string>& layers,
                         const std::string& target);

// Mounts `tree`, which has the content of the layers and the scaffold, at
// `target`, which is created. On error nothing is mounted.
absl::Status MountFlatRootfs(const std::string& tree,
                             const std::string& target);

// Mounts an overlay in `state_dir` and unmounts it again. Returns the error if
// that fails.
absl::Status ProbeOverlay(const std::string& state_dir);

// Unmounts `target`, even if it is in use, and removes the directory.
// Containers that run keep their own mount of it. OK if nothing is mounted or
// there.
absl::Status UnmountRootfs(const std::string& target);

// Unmounts everything below `directory` that a previous run left there.
absl::Status UnmountAllBelow(const std::string& directory);

// Lets the root user of containers, whose group on the host is `id_base`, pass
// through a directory that belongs to root and leads to a root file system.
// Does nothing if `id_base` is 0.
absl::Status LetContainersPass(const std::string& directory, uint32_t id_base);

// FAILED_PRECONDITION, with what to do, if the root user of containers cannot
// pass through the directories above `state_dir`.
absl::Status CheckContainersPass(const std::string& state_dir,
                                 uint32_t id_base);

// INVALID_ARGUMENT if `state_dir` has characters that the mount options of
// overlayfs cannot have in a path.
absl::Status CheckStateDir(const std::string& state_dir);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_ROOTFS_H_
