#ifndef FAAS_COMMON_RPC_SERVER_H_
#define FAAS_COMMON_RPC_SERVER_H_

#include <grpcpp/server.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/connection_acceptor.h"
#include "common/rpc/control_listener.h"
#include "common/rpc/listener.h"
#include "common/rpc/message_limits.h"
#include "common/rpc/peer.h"

namespace faas::rpc {

// A Server is the gRPC server of a daemon. It serves the daemon's services,
// grpc.health.v1 and server reflection on a unix socket and, if there is one,
// on the control listener. The kernel says who connects to the socket
// (AccessPolicy). Calls over TCP need a token or a certificate, for every
// method.
//
// Root, other users of the socket, and the control listener have threads and
// memory of their own. The health is NOT_SERVING until SetServing(true).
// Clients that connect before the server runs wait, so that none sees another
// state first.
class Server {
 public:
  struct Options {
    // The unix socket, from Listener::Unix.
    Listener listener;
    // Who may connect to it.
    AccessPolicy access;
    // The methods that the policy's read-only users may call.
    std::vector<std::string> read_only_methods = ReadOnlyMethods();
    Limits limits;
    std::optional<ControlListener> control;
    // The services to serve. Borrowed; they must outlive the server.
    std::vector<grpc::Service*> services;
  };

  // Returns the methods that a daemon needs to follow the registry. None of
  // them changes anything.
  static std::vector<std::string> ReadOnlyMethods();

  // Starts serving. Returns UNAVAILABLE if gRPC does not start, for example
  // because the control listener's certificates are invalid.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Options options);

  // Shuts down without a grace if Shutdown was not called.
  ~Server();

  void SetServing(bool serving);

  // Sets the health to NOT_SERVING, lets calls finish for `grace`, then cancels
  // them, and waits for their handlers. Removes the socket.
  void Shutdown(absl::Duration grace);

 private:
  explicit Server(std::string socket_path);

  // One server for root, one for the other users of the unix socket, and one
  // for the control listener: a flood of one takes neither threads nor memory
  // from another.
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  const std::string socket_path_;
  std::unique_ptr<ConnectionAcceptor> acceptor_;
};

// The most concurrent calls of root, of other users and of the control listener
// each, because a call holds a thread. More are refused with
// RESOURCE_EXHAUSTED.
inline constexpr int kMaxRpcThreads = 128;

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_SERVER_H_
