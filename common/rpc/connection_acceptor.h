#ifndef FAAS_COMMON_RPC_CONNECTION_ACCEPTOR_H_
#define FAAS_COMMON_RPC_CONNECTION_ACCEPTOR_H_

#include <grpcpp/server_builder.h>
#include <sys/types.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/rpc/listener.h"
#include "common/rpc/message_limits.h"
#include "common/rpc/open_connections.h"
#include "common/rpc/peer.h"

namespace faas::rpc {

// An Acceptor is where gRPC takes connections that somebody else has accepted.
using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

// A ListenerGroup is listeners with one policy, and where their connections go.
struct ListenerGroup {
  std::vector<Listener> listeners;
  // Who may come in, for a unix socket. Without a policy everybody may.
  std::optional<AccessPolicy> policy;
  std::unique_ptr<Acceptor> full;
  // For root and the daemon's own user, and for users that may only read. Null
  // without a policy.
  std::unique_ptr<Acceptor> owner;
  std::unique_ptr<Acceptor> read_only;
};

// A ConnectionAcceptor accepts the API's connections on a thread of its own. It
// asks the kernel who connects, and gives a connection to gRPC if its user may
// come in and there is room. It closes others, and logs the reason, at most
// once a second for each kind of reason.
class ConnectionAcceptor {
 public:
  // Starts accepting. The gRPC servers of `groups` have to run already, and
  // must be shut down after this object is destroyed.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Start(
      std::vector<ListenerGroup> groups, const Limits& limits);
  // Stops accepting: new connections are refused from then on. Those that gRPC
  // has continue.
  ~ConnectionAcceptor();

 private:
  // A Watched is a group and its connections that are open.
  struct Watched {
    ListenerGroup group;
    OpenConnections open;  // without those of the owner
  };
  // A Quiet counts lines of one kind that were not logged because there were
  // too many.
  struct Quiet {
    absl::Time until = absl::InfinitePast();
    size_t dropped = 0;
  };

  ConnectionAcceptor(std::vector<ListenerGroup> groups, const Limits& limits,
                     base::UniqueFd stop);
  void Run();
  // Accepts what is waiting at `listener`. Returns false if there is no
  // descriptor or memory for a connection, so that the caller has to wait.
  bool AcceptAll(Watched& watched, const Listener& listener);
  void Admit(Watched& watched, const Listener& listener,
             base::UniqueFd connection);
  // Returns whether one more connection, of `uid` if that is known, is within
  // the limits. Logs it if not.
  bool HasRoom(Watched& watched, const Listener& listener,
               std::optional<uid_t> uid);
  void GiveTo(Acceptor* acceptor, Watched& watched, const Listener& listener,
              base::UniqueFd connection, uid_t uid);
  void Say(Quiet& quiet, const std::string& line);

  const Limits limits_;
  const uid_t own_uid_;
  const base::UniqueFd stop_;  // an eventfd
  // Only `thread_` uses these.
  std::vector<Watched> groups_;
  Quiet refusals_, floods_, failures_;
  std::thread thread_;
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CONNECTION_ACCEPTOR_H_
