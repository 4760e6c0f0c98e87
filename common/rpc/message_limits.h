#ifndef FAAS_COMMON_RPC_MESSAGE_LIMITS_H_
#define FAAS_COMMON_RPC_MESSAGE_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace faas::rpc {

// What the API of a daemon takes in at once. The flags are in api_flags.cc.
struct Limits {
  // Connections to the unix socket, not counting root's, and as many to the
  // control listener, so that a flood of one leaves the other alone. More are
  // closed.
  size_t connections = 1024;
  // To the unix socket from one user.
  size_t connections_per_uid = 256;
  // Calls under way on one connection; a client's others wait at the client.
  int streams = 128;
  // The largest request, in bytes: an upload's chunk (1 MiB) with room.
  int message_bytes = 4 << 20;
  // All header fields of a call together.
  int metadata_bytes = 16 << 10;
  // Between the connect and the first frame of HTTP/2.
  absl::Duration handshake = absl::Seconds(10);
  // What gRPC may hold for root, for others of the socket and for the control
  // listener each; calls are cancelled when it is more. It takes in a request
  // that is too large before it refuses it.
  size_t memory_bytes = 256 << 20;
  // Calls that one connection may begin in a second, and that all may together:
  // those to the unix socket, but for root's, and those to the control
  // listener.
  int calls_per_second = 500;
  int all_calls_per_second = 2000;
  // How long a connection may have no call.
  absl::Duration idle = absl::Minutes(10);
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_MESSAGE_LIMITS_H_
