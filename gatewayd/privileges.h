#ifndef FAAS_GATEWAYD_PRIVILEGES_H_
#define FAAS_GATEWAYD_PRIVILEGES_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "common/daemon/user.h"

namespace faas::gatewayd {

// While it runs, gatewayd needs two capabilities: CAP_NET_ADMIN to configure
// addresses on lo and to mark sockets, and CAP_NET_BIND_SERVICE to listen on
// port 80.

// Returns OK if this process is root or has these two capabilities.
// PERMISSION_DENIED, naming those that are missing, otherwise.
absl::Status CheckPrivileges();

// Makes this process `user`, with `group`, the group of the API's sockets, as
// its only supplementary group, and gives up all capabilities but the two. It
// cannot get others back, not by execve either. A process that is not root, but
// was started with the two, keeps its user and groups. FAILED_PRECONDITION if
// the process has more than one thread.
absl::Status DropPrivileges(const daemon::User& user, gid_t group);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_PRIVILEGES_H_
