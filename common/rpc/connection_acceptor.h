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

// Where gRPC takes connections that somebody else has accepted.
using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

// A listener, and where its connections go.
struct ListenerGroup {
  std::vector<Listener> listeners;
  // Of a unix socket: who may come in. Without it, everybody.
  std::optional<AccessPolicy> policy;
  std::unique_ptr<Acceptor> full;
  // Null without a policy.
  std::unique_ptr<Acceptor> owner;
  std::unique_ptr<Acceptor> read_only;
};

// Accepts the API's connections on a thread of its own, looks who it is, and
// gives those to gRPC that may come in and for which there is room. Others are
// closed; the log says why, a few times a second at most.
class ConnectionAcceptor {
 public:
  // The acceptors' server runs already. It is shut down after this has gone.
  static absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> Start(
      std::vector<ListenerGroup> groups, const Limits& limits);
  // Refuses new connections from then on. Those that gRPC has go on.
  ~ConnectionAcceptor();

 private:
  // A group as it is watched.
  struct Watched {
    ListenerGroup group;
    OpenConnections open;  // but for the owner's
  };
  // Lines of one kind that have not been written because there were too many.
  struct Quiet {
    absl::Time until = absl::InfinitePast();
    size_t dropped = 0;
  };

  ConnectionAcceptor(std::vector<ListenerGroup> groups, const Limits& limits,
                     base::UniqueFd stop);
  void Run();
  // False if there is nothing to be had but to wait.
  bool AcceptAll(Watched& watched, const Listener& listener);
  void Admit(Watched& watched, const Listener& listener,
             base::UniqueFd connection);
  // Whether one more, of `uid` if that is known, is within the limits; the log
  // says so if not.
  bool HasRoom(Watched& watched, const Listener& listener,
               std::optional<uid_t> uid);
  void GiveTo(Acceptor* acceptor, Watched& watched, const Listener& listener,
              base::UniqueFd connection, uid_t uid);
  void Say(Quiet& quiet, const std::string& line);

  const Limits limits_;
  const uid_t own_uid_;
  const base::UniqueFd stop_;  // an eventfd
  // The thread's.
  std::vector<Watched> groups_;
  Quiet refusals_, floods_, failures_;
  std::thread thread_;
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CONNECTION_ACCEPTOR_H_
