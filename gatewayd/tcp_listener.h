#ifndef FAAS_GATEWAYD_TCP_LISTENER_H_
#define FAAS_GATEWAYD_TCP_LISTENER_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"

namespace faas::gatewayd {

// The protocol of a function (v1::FunctionOptions). With kHttp the client
// speaks first, and the platform may answer in HTTP. With kTcp either side may
// speak first, and the platform says nothing.
enum class Protocol { kHttp, kTcp };

// Opens a listening TCP socket, as for kTcp. The listener is non-blocking, but
// the connections that it accepts are blocking. The listener and its
// connections have the SO_MARK `mark`, unless that is 0. ALREADY_EXISTS if
// another program has the port.
absl::StatusOr<base::UniqueFd> ListenTcp(net::Ipv4 address, uint16_t port,
                                         uint32_t mark = 0);

// Sets whether the listener reports a connection only when something has come
// on it (kHttp) or at once (kTcp). This may change while it listens. A listener
// for kHttp may still report connections on which nothing has come; see
// kDeferAcceptSeconds.
absl::Status SetProtocol(int listener, Protocol protocol);

// An Accepted is a connection that a listener has accepted.
struct Accepted {
  base::UniqueFd fd;  // Blocking, as handlers expect it.
  net::Ipv4 peer;
  uint16_t peer_port = 0;
  Protocol protocol = Protocol::kHttp;
};

// Accepts one connection and calls it kHttp. UNAVAILABLE if there is none now;
// RESOURCE_EXHAUSTED if the process or the system is out of descriptors or
// memory.
absl::StatusOr<Accepted> AcceptTcp(int listener);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_TCP_LISTENER_H_
