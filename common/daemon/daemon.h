#ifndef FAAS_COMMON_DAEMON_DAEMON_H_
#define FAAS_COMMON_DAEMON_DAEMON_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"

namespace faas::daemon {

// The functions in this file are what the main functions of the daemons have in
// common.

// Parses the flags of the command line, and ends the process with exit status 1
// and a message if one of them is unknown or has no legal value. `--help`
// prints `usage` and the program's own flags, wherever in the sources they are
// defined.
void ParseFlags(int argc, char** argv, absl::string_view usage);

// Prepares the process: blocks SIGINT and SIGTERM in this thread and those that
// it will start (for AwaitStop), ignores SIGPIPE, sets the umask to 077 and, if
// `parent` is not 0, makes the kernel end this process with its parent. Call it
// first, before any other thread exists.
absl::Status Begin(int parent);

// Returns PERMISSION_DENIED, `<daemon> must be run as root`, unless this
// process is root.
absl::Status CheckRoot(absl::string_view daemon);

// Raises the limit of open descriptors to the hard limit, because each
// connection and each upload holds some.
void RaiseDescriptorLimit();

// Creates a state directory, which only root can read because images in it may
// hold setuid programs, and locks it for this daemon as long as the returned
// descriptor is open. With a `parent`, this waits for a previous run whose
// parent was killed, so that it can finish what it serves. Returns
// ALREADY_EXISTS if another instance has the directory.
absl::StatusOr<base::UniqueFd> EnterDirectory(const std::string& directory,
                                              absl::string_view daemon,
                                              int parent);

// Does the same for a run directory, through which members of `group` may pass
// to the sockets in it (mode 0750). Returns FAILED_PRECONDITION if the
// directory exists and others own it or may write to it, because they could put
// a socket in place of ours. The mode of a directory that others may list, such
// as /run, does not change.
absl::StatusOr<base::UniqueFd> EnterRunDirectory(const std::string& directory,
                                                 absl::string_view daemon,
                                                 int parent, gid_t group);

// Returns a descriptor that becomes readable when SIGINT or SIGTERM has come.
// Call it after Begin.
absl::StatusOr<base::UniqueFd> StopSignals();

// Waits until SIGINT or SIGTERM has come. `stop_signals` is from StopSignals.
void AwaitStop(int stop_signals);

// Prints `<daemon>: <message>` on standard error and returns the exit status.
int Fail(absl::string_view daemon, const absl::Status& status);

}  // namespace faas::daemon

#endif  // FAAS_COMMON_DAEMON_DAEMON_H_
