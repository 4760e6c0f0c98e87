#ifndef FAAS_COMMON_NET_IPV4_H_
#define FAAS_COMMON_NET_IPV4_H_

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::net {

// An Ipv4 is an IPv4 address in host byte order, so that addresses can be
// compared and counted.
struct Ipv4 {
  uint32_t value = 0;

  friend bool operator==(Ipv4 a, Ipv4 b) { return a.value == b.value; }
  friend bool operator<(Ipv4 a, Ipv4 b) { return a.value < b.value; }
  template <typename H>
  friend H AbslHashValue(H h, Ipv4 address) {
    return H::combine(std::move(h), address.value);
  }
};

// An Ipv4Prefix is an address block such as 10.0.0.0/24.
struct Ipv4Prefix {
  Ipv4 base;
  int length = 0;  // 0 to 32

  bool Contains(Ipv4 address) const;
  // Returns the number of addresses, including the network's and the broadcast
  // address.
  uint64_t size() const { return uint64_t{1} << (32 - length); }
};

// Parses an address such as "10.0.0.10". Returns INVALID_ARGUMENT, with the
// text, for anything else.
absl::StatusOr<Ipv4> ParseIpv4(absl::string_view text);
// Parses a block such as "10.0.0.0/24". Returns INVALID_ARGUMENT for anything
// else, also if bits below the prefix are not zero.
absl::StatusOr<Ipv4Prefix> ParseIpv4Prefix(absl::string_view text);

std::string ToString(Ipv4 address);
std::string ToString(Ipv4Prefix prefix);

sockaddr_in SocketAddress(Ipv4 address, uint16_t port);

}  // namespace faas::net

#endif  // FAAS_COMMON_NET_IPV4_H_
