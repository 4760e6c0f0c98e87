#ifndef FAAS_COMMON_RPC_PEER_H_
#define FAAS_COMMON_RPC_PEER_H_

#include <sys/types.h>

#include <vector>

#include "absl/status/statusor.h"

namespace faas::rpc {

// Who is at the other end of a unix socket, as the kernel says it of the
// moment of the connect.
struct Peer {
  uid_t uid;
  pid_t pid;
  // The effective group first, then the supplementary ones.
  std::vector<gid_t> groups;
};

absl::StatusOr<Peer> PeerOf(int connection);

// Who may do what on a daemon's unix socket. Root and the daemon's own user
// may do all, whatever stands here.
struct AccessPolicy {
  // Its members may do all. 0, root's group, adds nobody on most systems.
  gid_t group = 0;
  // These may only call Server::Options::read_only_methods, whatever groups
  // they have: a daemon without privileges has to be in the group to reach the
  // socket.
  std::vector<uid_t> read_only_uids;
};

// kOwner is root or the daemon's own user: for them, limits that keep others
// from taking all do not hold.
enum class Access { kNone, kReadOnly, kFull, kOwner };

// What `peer` may, of a daemon that runs as `own_uid`.
Access AccessOf(const Peer& peer, const AccessPolicy& policy, uid_t own_uid);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_PEER_H_
