#ifndef FAAS_COMMON_NET_IPV4_H_
#define FAAS_COMMON_NET_IPV4_H_

#include <netinet/in.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::net {

// An IPv4 address in host byte order, so that addresses compare and count.
struct Ipv4 {
  uint32_t value = 0;

  friend bool operator==(Ipv4 a, Ipv4 b) { return a.value == b.value; }
  friend bool operator<(Ipv4 a, Ipv4 b) { return a.value < b.value; }
  template <typename H>
  friend H AbslHashValue(H h, Ipv4 address) {
    return H::combine(std::move(h), address.value);
  }
};

// An address block such as 10.0.0.0/24.
struct Ipv4Prefix {
  Ipv4 base;
  int length = 0;  // 0 to 32

  bool Contains(Ipv4 address) const;
  // The number of addresses, the network's and the broadcast one included.
  uint64_t size() const { return uint64_t{1} << (32 - length); }
};

// "10.0.0.10". INVALID_ARGUMENT, naming the text, for anything else.
absl::StatusOr<Ipv4> ParseIpv4(absl::string_view text);
// "10.0.0.0/24"; bits below the prefix must be zero.
absl::StatusOr<Ipv4Prefix> ParseIpv4Prefix(absl::string_view text);

std::string ToString(Ipv4 address);
std::string ToString(Ipv4Prefix prefix);

sockaddr_in SocketAddress(Ipv4 address, uint16_t port);

}  // namespace faas::net

#endif  // FAAS_COMMON_NET_IPV4_H_
