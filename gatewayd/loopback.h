#ifndef FAAS_GATEWAYD_LOOPBACK_H_
#define FAAS_GATEWAYD_LOOPBACK_H_

#include <map>
#include <memory>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/net/ipv4.h"
#include "gatewayd/interface_addresses.h"

namespace faas::gatewayd {

// A Loopback manages the functions' addresses on the loopback interface. It
// tells its own addresses by their label, `lo:faas`, from those that somebody
// else has configured. A function may use an address of somebody else's, but
// that is never removed. Only one thread at a time may use it.
class Loopback {
 public:
  // Opens the interface and reads what is there. Addresses will be configured
  // with the prefix length of `pool`.
  static absl::StatusOr<std::unique_ptr<Loopback>> Open(net::Ipv4Prefix pool);

  // Reads again which addresses are there.
  absl::Status Refresh();

  // Returns the addresses that somebody else has configured.
  std::set<net::Ipv4> Foreign() const;

  // Returns whether the address is there, whoever has configured it.
  bool Has(net::Ipv4 address) const { return present_.count(address) > 0; }

  // Configures an address unless it is there already.
  absl::Status Ensure(net::Ipv4 address);

  // Removes an address if it is there with the label `lo:faas`.
  absl::Status Remove(net::Ipv4 address);

  // Removes the addresses in the pool that have the label `lo:faas` and are not
  // in `keep`: those that a previous run has left.
  absl::Status RemoveAllBut(const std::set<net::Ipv4>& keep);

 private:
  Loopback(net::Ipv4Prefix pool, std::unique_ptr<InterfaceAddresses> interface)
      : pool_(pool), interface_(std::move(interface)) {}

  const net::Ipv4Prefix pool_;
  const std::unique_ptr<InterfaceAddresses> interface_;
  // What was there when it was last read, with our own changes since.
  std::map<net::Ipv4, InterfaceAddress> present_;
};

inline constexpr char kLoopback[] = "lo";
inline constexpr char kLabel[] = "lo:faas";

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LOOPBACK_H_
