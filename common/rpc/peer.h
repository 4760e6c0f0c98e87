#ifndef FAAS_COMMON_RPC_PEER_H_
#define FAAS_COMMON_RPC_PEER_H_

#include <sys/types.h>

#include <vector>

#include "absl/status/statusor.h"

namespace faas::rpc {

// A Peer is the process at the other end of a unix socket, as it was when it
// called connect.
struct Peer {
  uid_t uid;
  pid_t pid;
  // The effective group first, then the supplementary ones.
  std::vector<gid_t> groups;
};

absl::StatusOr<Peer> PeerOf(int connection);

// An AccessPolicy says who may do what on a daemon's unix socket. Root and the
// daemon's own user may do everything, whatever the policy says.
struct AccessPolicy {
  // Members of this group may do everything. 0, root's group, adds nobody on
  // most systems.
  gid_t group = 0;
  // These users may only call Server::Options::read_only_methods, whatever
  // groups they have. A daemon without privileges has to be in the group to
  // reach the socket.
  std::vector<uid_t> read_only_uids;
};

// Access says what a peer may do. kOwner is for root and the daemon's own user:
// the limits that keep others from taking everything do not apply to them.
enum class Access { kNone, kReadOnly, kFull, kOwner };

// Returns what `peer` may do on the socket of a daemon that runs as `own_uid`.
Access AccessOf(const Peer& peer, const AccessPolicy& policy, uid_t own_uid);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_PEER_H_
