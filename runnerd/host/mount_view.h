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

// The host's mounts with one directory in the place of another: a mount
// namespace for programs that must not see what is there. The host's own mounts
// are not touched.
//
// The namespace is a copy. It is made once, and again only when the host's
// mounts have changed since (a revision was mounted, say), so that asking costs
// one system call. What the host unmounts may stay mounted in the copy, and its
// file system in use, until somebody asks again; where the host's mounts are
// shared, as systemd makes them, it goes at once. Thread-safe.
class MountView {
 public:
  // In the view, the directory `covered` is `cover`. PERMISSION_DENIED without
  // CAP_SYS_ADMIN.
  static absl::StatusOr<std::unique_ptr<MountView>> Create(std::string covered,
                                                           std::string cover);

  // The namespace as it has to be now. It lives as long as the descriptor, or a
  // process in it.
  absl::StatusOr<std::shared_ptr<const base::UniqueFd>> Namespace();

 private:
  MountView(std::string covered, std::string cover, base::UniqueFd changes)
      : covered_(std::move(covered)),
        cover_(std::move(cover)),
        changes_(std::move(changes)) {}

  const std::string covered_, cover_;
  // /proc/self/mountinfo: proc(5), "poll".
  const base::UniqueFd changes_;
  absl::Mutex mutex_;
  std::shared_ptr<const base::UniqueFd> namespace_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_MOUNT_VIEW_H_
