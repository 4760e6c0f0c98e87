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

// An InterfaceAddress is an IPv4 address that a network interface has.
struct InterfaceAddress {
  net::Ipv4 address;
  int prefix_length = 0;
  // "lo", or a label such as "lo:faas".
  std::string label;
};

// An InterfaceAddresses lists and changes the IPv4 addresses of one network
// interface, by rtnetlink. Changes need CAP_NET_ADMIN. Only one thread at a
// time may use it.
class InterfaceAddresses {
 public:
  // Opens the interface with this name. NOT_FOUND if there is none in this
  // network namespace.
  static absl::StatusOr<std::unique_ptr<InterfaceAddresses>> Open(
      const std::string& interface);
  ~InterfaceAddresses();

  absl::StatusOr<std::vector<InterfaceAddress>> List();

  // Adds an address. ALREADY_EXISTS if the interface has this address with this
  // prefix length.
  absl::Status Add(const InterfaceAddress& address);

  // Removes an address; the other addresses of the interface stay. NOT_FOUND if
  // it is not there. (The kernel would remove all secondary addresses with
  // their primary one unless promote_secondaries is set for the interface, so
  // this method sets it for the time of the call.)
  absl::Status Remove(const InterfaceAddress& address);

 private:
  InterfaceAddresses(std::string interface, unsigned index, mnl_socket* socket);
  absl::Status Change(int type, int flags, const InterfaceAddress& address);

  const std::string interface_;
  const unsigned index_;
  mnl_socket* const socket_;
  uint32_t sequence_ = 0;
};

// Returns a netlink socket that becomes readable when an IPv4 address of any
// interface is added or removed.
absl::StatusOr<base::UniqueFd> SubscribeAddressEvents();

// Reads all events from such a socket and drops them.
void DrainAddressEvents(int fd);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_INTERFACE_ADDRESSES_H_
