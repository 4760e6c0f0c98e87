#include "runnerd/host/mount_view.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>

#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

// Makes the namespace and returns its descriptor. The calling thread moves to
// the namespace, so it must be one that does nothing else and then ends.
absl::StatusOr<base::UniqueFd> CopyCovering(const std::string& covered,
                                            const std::string& cover) {
  if (unshare(CLONE_NEWNS) != 0) return base::ErrnoStatus("unshare mounts");
  // As slaves, the mounts go when the host unmounts them, and what is mounted
  // here does not appear on the host.
  if (mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) != 0) {
    return base::ErrnoStatus("make mounts slaves");
  }
  if (mount(cover.c_str(), covered.c_str(), nullptr, MS_BIND, nullptr) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("mount \"", cover, "\" on \"", covered, "\""));
  }
  return fs::Open("/proc/thread-self/ns/mnt", O_RDONLY);
}

}  // namespace

absl::StatusOr<std::unique_ptr<MountView>> MountView::Create(
    std::string covered, std::string cover) {
  ASSIGN_OR_RETURN(base::UniqueFd changes,
                   fs::Open("/proc/self/mountinfo", O_RDONLY));
  auto view = std::unique_ptr<MountView>(
      new MountView(std::move(covered), std::move(cover), std::move(changes)));
  RETURN_IF_ERROR(view->Namespace().status());
  return view;
}

absl::StatusOr<std::shared_ptr<const base::UniqueFd>> MountView::Namespace() {
  absl::MutexLock lock(&mutex_);
  // This comes before the copy is made, so that the next call reports a change
  // that happens in between.
  pollfd changed = {.fd = changes_.get(), .events = POLLPRI};
  if (poll(&changed, 1, 0) != 0) namespace_ = nullptr;
  if (namespace_ != nullptr) return namespace_;
  absl::StatusOr<base::UniqueFd> made;
  std::thread([&] { made = CopyCovering(covered_, cover_); }).join();
  RETURN_IF_ERROR(made.status());
  namespace_ = std::make_shared<const base::UniqueFd>(*std::move(made));
  return namespace_;
}

}  // namespace faas::runnerd
