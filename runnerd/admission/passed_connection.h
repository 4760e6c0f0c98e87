#ifndef FAAS_RUNNERD_ADMISSION_PASSED_CONNECTION_H_
#define FAAS_RUNNERD_ADMISSION_PASSED_CONNECTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "common/net/ipv4.h"

namespace faas::runnerd {

// The address and port at which a function listens.
struct Endpoint {
  net::Ipv4 address;
  uint16_t port = 0;
};

// Checks that a descriptor that gatewayd has passed is a TCP connection that
// was accepted at `local`. A handler gets whatever gatewayd passes, so an
// attacker who has taken gatewayd over could give it a file of the host or
// another kind of socket. Without `local`, any address will do: the endpoint is
// not known until the registry has sent it. Returns PERMISSION_DENIED if the
// descriptor is anything else. A connection that the client has reset passes.
// Takes about six system calls, or a microsecond.
absl::Status CheckConnection(int fd, const absl::optional<Endpoint>& local);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_PASSED_CONNECTION_H_
