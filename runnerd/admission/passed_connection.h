#ifndef FAAS_RUNNERD_ADMISSION_PASSED_CONNECTION_H_
#define FAAS_RUNNERD_ADMISSION_PASSED_CONNECTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/optional.h"
#include "common/net/ipv4.h"

namespace faas::runnerd {

// Where a function listens.
struct Endpoint {
  net::Ipv4 address;
  uint16_t port = 0;
};

// Whether a descriptor that gatewayd has passed is what it ought to be: a TCP
// connection, accepted at `local`. A container gets what comes from gatewayd,
// and one that somebody has taken over must not be able to give a file of the
// host, or a socket of another kind, to a handler. Without `local`, which is
// not known before the registry has told, any address will do.
// PERMISSION_DENIED if it is not. A connection that the client has reset
// already is one. Some six system calls, about a microsecond.
absl::Status CheckConnection(int fd, const absl::optional<Endpoint>& local);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_PASSED_CONNECTION_H_
