#ifndef FAAS_GATEWAYD_PRIVILEGES_H_
#define FAAS_GATEWAYD_PRIVILEGES_H_

#include <sys/types.h>

#include "absl/status/status.h"
#include "common/daemon/user.h"

namespace faas::gatewayd {

// What gatewayd does with privilege while it runs: configures addresses on lo
// and marks sockets (CAP_NET_ADMIN), and listens on port 80
// (CAP_NET_BIND_SERVICE).

// Whether this process is root, or has these two. PERMISSION_DENIED names what
// is missing.
absl::Status CheckPrivileges();

// Becomes `user`, with `group`, that of the API's sockets, as the only
// supplementary group, and with these two capabilities alone: no others can be
// had again, by execve neither. This process has one thread; it is root, or, if
// it is not, has been started with the two: then it stays who it is.
absl::Status DropPrivileges(const daemon::User& user, gid_t group);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_PRIVILEGES_H_
