#ifndef FAAS_RUNNERD_HOST_MOUNT_VIEW_H_
#define FAAS_RUNNERD_HOST_MOUNT_VIEW_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "common/base/unique_fd.h"

namespace faas::runnerd {

// A MountView is a mount namespace in which one directory of the host covers
// another. It is for programs that must not see what the covered directory has.
// The host's own mounts stay as they are. Thread-safe.
//
// The namespace is a copy of the host's. It is made once, and again only if the
// host's mounts have changed since, for instance because a revision was
// mounted. So Namespace usually costs one system call. What the host unmounts
// may stay mounted in the copy, with its file system in use, until the next
// call of Namespace. If the host's mounts are shared, as systemd makes them, it
// goes at once.
class MountView {
 public:
  // Makes the first copy, in which the directory `covered` shows the content of
  // `cover`. PERMISSION_DENIED without CAP_SYS_ADMIN.
  static absl::StatusOr<std::unique_ptr<MountView>> Create(std::string covered,
                                                           std::string cover);

  // Returns a descriptor of the namespace with the mounts that the host has
  // now. The namespace lives as long as the descriptor or a process in it.
  absl::StatusOr<std::shared_ptr<const base::UniqueFd>> Namespace();

 private:
  MountView(std::string covered, std::string cover, base::UniqueFd changes)
      : covered_(std::move(covered)),
        cover_(std::move(cover)),
        changes_(std::move(changes)) {}

  const std::string covered_, cover_;
  // /proc/self/mountinfo, which poll(2) reports when mounts change: see
  // proc(5).
  const base::UniqueFd changes_;
  absl::Mutex mutex_;
  std::shared_ptr<const base::UniqueFd> namespace_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_MOUNT_VIEW_H_
