#ifndef FAAS_GATEWAYD_INTERFACE_ADDRESSES_H_
#define FAAS_GATEWAYD_INTERFACE_ADDRESSES_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/net/ipv4.h"

struct mnl_socket;

namespace faas::gatewayd {

// An IPv4 address of a network interface.
struct InterfaceAddress {
  net::Ipv4 address;
  int prefix_length = 0;
  // "lo", or a label such as "lo:faas".
  std::string label;
};

// Lists and changes the IPv4 addresses of one interface, by rtnetlink. Needs
// CAP_NET_ADMIN for changes. One thread at a time.
class InterfaceAddresses {
 public:
  // NOT_FOUND if there is no such interface in this network namespace.
  static absl::StatusOr<std::unique_ptr<InterfaceAddresses>> Open(
      const std::string& interface);
  ~InterfaceAddresses();

  absl::StatusOr<std::vector<InterfaceAddress>> List();

  // ALREADY_EXISTS if the interface has exactly this address and prefix.
  absl::Status Add(const InterfaceAddress& address);

  // Removes it; the other addresses of the interface stay. (The kernel removes
  // all secondary addresses with their primary unless promote_secondaries is
  // set for the interface, so it is, for the moment of the call.) NOT_FOUND if
  // it is not there.
  absl::Status Remove(const InterfaceAddress& address);

 private:
  InterfaceAddresses(std::string interface, unsigned index, mnl_socket* socket);
  absl::Status Change(int type, int flags, const InterfaceAddress& address);

  const std::string interface_;
  const unsigned index_;
  mnl_socket* const socket_;
  uint32_t sequence_ = 0;
};

// A netlink socket that becomes readable when an IPv4 address of any interface
// is added or removed. Drain it with DrainAddressEvents.
absl::StatusOr<base::UniqueFd> SubscribeAddressEvents();
void DrainAddressEvents(int fd);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_INTERFACE_ADDRESSES_H_
