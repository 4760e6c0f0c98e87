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

// The gRPC server of a daemon: its services with grpc.health.v1 and server
// reflection on a unix socket and, if asked for, on the control listener. Who
// connects to the socket is known from the kernel (AccessPolicy); who calls
// over TCP shows a token or a certificate, for every method.
//
// Root, others of the socket, and the control listener have threads and memory
// of their own. The health is NOT_SERVING until SetServing(true). Who connects
// before the server runs waits, so that nobody sees another state first.
class Server {
 public:
  struct Options {
    // The unix socket, from Listener::Unix.
    Listener listener;
    // Who may connect to it.
    AccessPolicy access;
    // What the policy's read-only users may call.
    std::vector<std::string> read_only_methods = ReadOnlyMethods();
    Limits limits;
    std::optional<ControlListener> control;
    // Borrowed; must outlive the server.
    std::vector<grpc::Service*> services;
  };

  // What a daemon has to call that only follows the registry: nothing that
  // changes anything.
  static std::vector<std::string> ReadOnlyMethods();

  // UNAVAILABLE if gRPC does not start: the control listener's certificates are
  // none, say.
  static absl::StatusOr<std::unique_ptr<Server>> Start(Options options);

  // Shuts down at once if Shutdown was not called.
  ~Server();

  void SetServing(bool serving);

  // Turns NOT_SERVING, lets calls finish for `grace`, then cancels them, and
  // waits for their handlers. Removes the socket.
  void Shutdown(absl::Duration grace);

 private:
  explicit Server(std::string socket_path);

  // Root's, the others' of the unix socket, and the control listener's: what
  // the one is flooded with takes neither threads nor memory from another.
  std::vector<std::unique_ptr<grpc::Server>> servers_;
  const std::string socket_path_;
  std::unique_ptr<ConnectionAcceptor> acceptor_;
};

// More concurrent calls than this are refused with RESOURCE_EXHAUSTED, of root,
// of others and of the control listener each: a call holds a thread.
inline constexpr int kMaxRpcThreads = 128;

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_SERVER_H_
