#ifndef FAAS_GATEWAYD_SOCKET_PROGRAMS_H_
#define FAAS_GATEWAYD_SOCKET_PROGRAMS_H_

#include <sys/types.h>

#include "absl/status/status.h"

namespace faas::gatewayd {

// Attaches BPF programs to the open cgroup2 directory `cgroup`. From then on no
// TCP socket that is made in that cgroup, or accepted from a listener that was,
// can be connected, with MSG_FASTOPEN neither, and only `uid`, an id of the
// host's, can bind one: whoever has the socket, in whatever cgroup and
// namespaces that process is. The kernel keeps the programs for as long as
// there are such sockets, also when the directory is gone.
//
// PERMISSION_DENIED without CAP_BPF and CAP_NET_ADMIN (or CAP_SYS_ADMIN).
absl::Status AttachSocketPrograms(int cgroup, uid_t uid);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SOCKET_PROGRAMS_H_
