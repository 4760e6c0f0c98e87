#ifndef FAAS_RUNNERD_REVISION_WRITABLE_ROOTFS_H_
#define FAAS_RUNNERD_REVISION_WRITABLE_ROOTFS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::runnerd {

// A root file system to which one container may write. What the container
// writes is in memory, counts as the memory of the container, and goes with it.
struct WritableRootfs {
  // The path of the revision's root file system, which stays as it is.
  std::string lower;
  // How much may be written.
  uint64_t bytes = 0;
  // The directory at which the tmpfs for what is written is mounted. It is
  // created.
  std::string tmpfs;
  // The id on the host of the root user in containers.
  uint32_t id_base = 0;
};

// Mounts the tmpfs, and an overlay of the two at `target`, which is created.
// The caller unmounts both with UnmountRootfs, `target` first, even after an
// error.
absl::Status MountWritableRootfs(const WritableRootfs& rootfs,
                                 const std::string& target);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_WRITABLE_ROOTFS_H_
