#ifndef FAAS_RUNNERD_REVISION_WRITABLE_ROOTFS_H_
#define FAAS_RUNNERD_REVISION_WRITABLE_ROOTFS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::runnerd {

// A root file system that its container may write to: what it writes lies in
// memory, counts as the container's, and goes with it.
struct WritableRootfs {
  std::string lower;   // the revision's
  uint64_t bytes = 0;  // that may be written
  // Where the tmpfs for them is mounted; created.
  std::string tmpfs;
  uint32_t id_base = 0;
};

// Mounts the overlay on `target`, which is created. Unmount both, `target`
// first, with UnmountRootfs, after an error, too.
absl::Status MountWritableRootfs(const WritableRootfs& rootfs,
                                 const std::string& target);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_WRITABLE_ROOTFS_H_
