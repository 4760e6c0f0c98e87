#ifndef FAAS_GATEWAYD_TCP_LISTENER_H_
#define FAAS_GATEWAYD_TCP_LISTENER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"

namespace faas::gatewayd {

// Who speaks first on a connection, and whether the platform may answer in
// HTTP; see v1::FunctionOptions.
enum class Protocol { kHttp, kTcp };

// Opens a listening TCP socket, for kTcp. The listener is non-blocking; what it
// accepts is not. It and what it accepts have `mark` (SO_MARK), unless that is
// 0. ALREADY_EXISTS if somebody else has the port.
absl::StatusOr<base::UniqueFd> ListenTcp(net::Ipv4 address, uint16_t port,
                                         uint32_t mark = 0);

// Whether the listener reports connections only when something has come on
// them (kHttp), or at once. May change while it listens. It is no promise: see
// kDeferAcceptSeconds.
absl::Status SetProtocol(int listener, Protocol protocol);

// An accepted connection.
struct Accepted {
  base::UniqueFd fd;  // blocking, as handlers expect it
  net::Ipv4 peer;
  uint16_t peer_port = 0;
  Protocol protocol = Protocol::kHttp;
};

// Accepts one connection, as kHttp. UNAVAILABLE if there is none now;
// RESOURCE_EXHAUSTED if we or the system are out of descriptors or memory.
absl::StatusOr<Accepted> AcceptTcp(int listener);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_TCP_LISTENER_H_
