#ifndef FAAS_GATEWAYD_TCP_LISTENER_H_
#define FAAS_GATEWAYD_TCP_LISTENER_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"

namespace faas::gatewayd {

// Opens a listening TCP socket. The listener is non-blocking; what it accepts
// is not. ALREADY_EXISTS if somebody else has the port.
absl::StatusOr<base::UniqueFd> ListenTcp(net::Ipv4 address, uint16_t port);

// An accepted connection.
struct Accepted {
  base::UniqueFd fd;  // blocking, as handlers expect it
  net::Ipv4 peer;
  uint16_t peer_port = 0;
};

// Accepts one connection. UNAVAILABLE if there is none now;
// RESOURCE_EXHAUSTED if we or the system are out of descriptors or memory.
absl::StatusOr<Accepted> AcceptTcp(int listener);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_TCP_LISTENER_H_
