#ifndef FAAS_COMMON_DAEMON_DAEMON_H_
#define FAAS_COMMON_DAEMON_DAEMON_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"

namespace faas::daemon {

// What the mains of the daemons have in common.

// Prepares the process: blocks SIGINT and SIGTERM in all threads to come (for
// AwaitStop), ignores SIGPIPE, sets the umask to 077 and, if `parent` is not 0,
// ends this process with its parent. Call it first, before any thread exists.
absl::Status Begin(int parent);

// PERMISSION_DENIED, `<daemon> must be run as root`, unless it is.
absl::Status CheckRoot(absl::string_view daemon);

// As many descriptors as the hard limit allows: each connection and each upload
// holds some.
void RaiseDescriptorLimit();

// Creates a state directory (for root alone: images in it may hold setuid
// programs) and locks it for this daemon, as long as the descriptor. With a
// `parent`, one of an earlier life, whose parent was killed, gets the time to
// finish what it serves.
absl::StatusOr<base::UniqueFd> EnterDirectory(const std::string& directory,
                                              absl::string_view daemon,
                                              int parent);

// The same for a run directory, which members of `group` may pass to the
// sockets in it: mode 0750. FAILED_PRECONDITION if it is there and others may
// write to it, or own it: they could put a socket in place of ours. One that
// others may look into, such as /run, stays as it is.
absl::StatusOr<base::UniqueFd> EnterRunDirectory(const std::string& directory,
                                                 absl::string_view daemon,
                                                 int parent, gid_t group);

// A descriptor that is readable once SIGINT or SIGTERM has come.
absl::StatusOr<base::UniqueFd> StopSignals();

// Waits until SIGINT or SIGTERM has come.
void AwaitStop(int stop_signals);

// Prints `<daemon>: <message>` on standard error and returns the exit status.
int Fail(absl::string_view daemon, const absl::Status& status);

}  // namespace faas::daemon

#endif  // FAAS_COMMON_DAEMON_DAEMON_H_
