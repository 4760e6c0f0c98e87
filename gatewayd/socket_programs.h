#ifndef FAAS_GATEWAYD_SOCKET_PROGRAMS_H_
#define FAAS_GATEWAYD_SOCKET_PROGRAMS_H_

#include <sys/types.h>

#include "absl/status/status.h"

namespace faas::gatewayd {

// Attaches BPF programs to the open cgroup2 directory `cgroup`. They concern
// the TCP sockets that are made in that cgroup from then on, and those accepted
// from such listeners. Nobody can connect one, with MSG_FASTOPEN either, and
// only `uid`, an id of the host, can bind one. This holds for every process
// that has the socket, whatever its cgroup and namespaces. The kernel keeps the
// programs as long as there are such sockets, even when the directory is gone.
//
// PERMISSION_DENIED without CAP_BPF and CAP_NET_ADMIN, or CAP_SYS_ADMIN.
absl::Status AttachSocketPrograms(int cgroup, uid_t uid);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SOCKET_PROGRAMS_H_
