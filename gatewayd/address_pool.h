#ifndef FAAS_GATEWAYD_ADDRESS_POOL_H_
#define FAAS_GATEWAYD_ADDRESS_POOL_H_

#include <set>

#include "absl/types/optional.h"
#include "common/net/ipv4.h"

namespace faas::gatewayd {

// Returns the lowest address of `pool` that a function may have and that is not
// in `taken`, or nothing if there is none. The addresses of functions begin
// with the tenth (10.0.0.10), so that the ones before it stay free for the
// host's own use; in a pool of fewer than 32 addresses they begin with the
// first. The network address and the broadcast address are never used.
absl::optional<net::Ipv4> LowestFreeAddress(net::Ipv4Prefix pool,
                                            const std::set<net::Ipv4>& taken);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_ADDRESS_POOL_H_
