#include "common/rpc/peer.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/ipc/unix_socket.h"

namespace faas::rpc {
namespace {

// Most processes have no more groups than this. For those that have, the kernel
// is asked again.
constexpr size_t kUsualGroups = 32;

absl::StatusOr<std::vector<gid_t>> SupplementaryGroups(int connection) {
  std::vector<gid_t> groups(kUsualGroups);
  while (true) {
    socklen_t size = groups.size() * sizeof(gid_t);
    if (getsockopt(connection, SOL_SOCKET, SO_PEERGROUPS, groups.data(),
                   &size) == 0) {
      groups.resize(size / sizeof(gid_t));
      return groups;
    }
    // The kernel has written how many groups there are.
    if (errno != ERANGE || size <= groups.size() * sizeof(gid_t)) {
      return base::ErrnoStatus("getsockopt(SO_PEERGROUPS)");
    }
    groups.resize(size / sizeof(gid_t));
  }
}

}  // namespace

absl::StatusOr<Peer> PeerOf(int connection) {
  ASSIGN_OR_RETURN(const ucred credentials, ipc::PeerCredentials(connection));
  absl::StatusOr<std::vector<gid_t>> groups = SupplementaryGroups(connection);
  if (!groups.ok()) return groups.status();
  groups->insert(groups->begin(), credentials.gid);
  return Peer{.uid = credentials.uid,
              .pid = credentials.pid,
              .groups = *std::move(groups)};
}

Access AccessOf(const Peer& peer, const AccessPolicy& policy, uid_t own_uid) {
  const auto holds = [](const auto& all, auto one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  if (peer.uid == 0 || peer.uid == own_uid) return Access::kOwner;
  if (holds(policy.read_only_uids, peer.uid)) return Access::kReadOnly;
  return holds(peer.groups, policy.group) ? Access::kFull : Access::kNone;
}

}  // namespace faas::rpc
