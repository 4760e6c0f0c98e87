#ifndef FAAS_COMMON_RPC_MESSAGE_LIMITS_H_
#define FAAS_COMMON_RPC_MESSAGE_LIMITS_H_

#include <cstddef>

#include "absl/time/time.h"

namespace faas::rpc {

// Limits bound what the API of a daemon takes in. The flags are in
// api_flags.cc.
struct Limits {
  // The most connections to the unix socket, without root's, and the most to
  // the control listener, so that a flood of one does not affect the other.
  // More are closed.
  size_t connections = 1024;
  // The most connections to the unix socket from one user.
  size_t connections_per_uid = 256;
  // The most concurrent calls on one connection. Further calls wait in the
  // client.
  int streams = 128;
  // The largest request: an upload's chunk (1 MiB) with room.
  int message_bytes = 4 << 20;
  // The most bytes of all header fields of a call together.
  int metadata_bytes = 16 << 10;
  // The time between the connect and the first frame of HTTP/2.
  absl::Duration handshake = absl::Seconds(10);
  // The memory that gRPC may hold for root, for other users of the socket and
  // for the control listener each. gRPC cancels calls when it holds more. It
  // receives a request that is too large before it refuses it.
  size_t memory_bytes = 256 << 20;
  // The most calls that may begin in a second: on one connection, and on all
  // connections to the unix socket but root's, or to the control listener.
  int calls_per_second = 500;
  int all_calls_per_second = 2000;
  // How long a connection may be without a call.
  absl::Duration idle = absl::Minutes(10);
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_MESSAGE_LIMITS_H_
