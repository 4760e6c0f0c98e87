#include "gatewayd/address_pool.h"

namespace faas::gatewayd {
namespace {

// Offsets and sizes in addresses; see the header.
constexpr uint64_t kFirst = 10;
constexpr uint64_t kSmallPool = 32;

}  // namespace

absl::optional<net::Ipv4> LowestFreeAddress(net::Ipv4Prefix pool,
                                            const std::set<net::Ipv4>& taken) {
  const uint64_t first = pool.size() < kSmallPool ? 1 : kFirst;
  for (uint64_t offset = first; offset + 1 < pool.size(); ++offset) {
    const net::Ipv4 address = {pool.base.value + static_cast<uint32_t>(offset)};
    if (taken.count(address) == 0) return address;
  }
  return absl::nullopt;
}

}  // namespace faas::gatewayd
