#ifndef FAAS_GATEWAYD_PRIVILEGED_SETUP_H_
#define FAAS_GATEWAYD_PRIVILEGED_SETUP_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/rpc/listener.h"
#include "gatewayd/flags.h"
#include "gatewayd/socket_guard.h"

namespace faas::gatewayd {

// A PrivilegedSetup is what gatewayd makes with privileges that it has only
// when it starts.
struct PrivilegedSetup {
  // Locks the run directory for this process, for as long as it is open.
  base::UniqueFd lock;
  // The group whose members may use the API.
  gid_t group = 0;
  // The socket of the API.
  rpc::Listener listener;
  SocketGuard guard;
};

// Takes the run directory, sets up the socket guard, opens the API's socket,
// and then drops the privileges that are not needed any more, as --user says.
// Call it while the process has one thread; it writes nothing to the log,
// because logging may start one. PERMISSION_DENIED if the process lacks what it
// needs; FAILED_PRECONDITION, saying what to do, for a user or group that does
// not exist, a run directory that others may change, or a host on which no
// socket guard works.
absl::StatusOr<PrivilegedSetup> SetUpWithPrivileges(const Flags& flags);

// Removes what a gatewayd with this run directory has left on the host and
// could not remove itself, because it had dropped its privileges. Needs root,
// and that no such gatewayd runs (--remove_leftovers).
absl::Status RemoveLeftovers(const std::string& run_dir);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_PRIVILEGED_SETUP_H_
