#include "common/process/instance_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::process {
namespace {

constexpr absl::Duration kRetryInterval = absl::Milliseconds(50);

}  // namespace

absl::StatusOr<base::UniqueFd> LockInstance(const std::string& directory,
                                            absl::string_view daemon,
                                            absl::Duration patience) {
  const std::string path = absl::StrCat(directory, "/", daemon, ".lock");
  ASSIGN_OR_RETURN(base::UniqueFd fd,
                   fs::Open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600));
  for (absl::Duration waited;; waited += kRetryInterval) {
    if (flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return fd;
    if (errno != EWOULDBLOCK) {
      return base::ErrnoStatus(absl::StrCat("lock \"", path, "\""));
    }
    if (waited >= patience) break;
    absl::SleepFor(kRetryInterval);
  }
  return absl::AlreadyExistsError(
      absl::StrCat("another ", daemon, " is running in ", directory,
                   "; stop it, or give this one a --run_dir and a --state_dir "
                   "of its own"));
}

}  // namespace faas::process
