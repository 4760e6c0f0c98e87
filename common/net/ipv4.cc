#include "common/net/ipv4.h"

#include <arpa/inet.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"

namespace faas::net {

bool Ipv4Prefix::Contains(Ipv4 address) const {
  return address.value >= base.value && address.value - base.value < size();
}

absl::StatusOr<Ipv4> ParseIpv4(absl::string_view text) {
  in_addr address;
  if (inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", base::Printable(text), "\" is no IPv4 address"));
  }
  return Ipv4{ntohl(address.s_addr)};
}

absl::StatusOr<Ipv4Prefix> ParseIpv4Prefix(absl::string_view text) {
  const size_t slash = text.find('/');
  int length;
  if (slash == absl::string_view::npos ||
      !absl::SimpleAtoi(text.substr(slash + 1), &length) || length < 0 ||
      length > 32) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", base::Printable(text),
                     "\" is no address block; write it like 10.0.0.0/24"));
  }
  ASSIGN_OR_RETURN(const Ipv4 address, ParseIpv4(text.substr(0, slash)));
  const Ipv4Prefix prefix = {address, length};
  if ((address.value & (prefix.size() - 1)) != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" has bits set below its prefix"));
  }
  return prefix;
}

std::string ToString(Ipv4 address) {
  const in_addr raw = {.s_addr = htonl(address.value)};
  char text[INET_ADDRSTRLEN];
  return inet_ntop(AF_INET, &raw, text, sizeof(text));
}

std::string ToString(Ipv4Prefix prefix) {
  return absl::StrCat(ToString(prefix.base), "/", prefix.length);
}

sockaddr_in SocketAddress(Ipv4 address, uint16_t port) {
  return {.sin_family = AF_INET,
          .sin_port = htons(port),
          .sin_addr = {.s_addr = htonl(address.value)}};
}

}  // namespace faas::net
