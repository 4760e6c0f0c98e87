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

// The functions' addresses on the loopback interface. The label tells ours
// (`lo:faas`) from those that somebody else has put there, which are used if a
// function has just that address, but never removed. One thread.
class Loopback {
 public:
  // Addresses are configured with the pool's prefix length.
  static absl::StatusOr<std::unique_ptr<Loopback>> Open(net::Ipv4Prefix pool);

  // Reads what is there now.
  absl::Status Refresh();

  // Addresses that somebody else has put there.
  std::set<net::Ipv4> Foreign() const;

  // Whether the address is there, ours or not.
  bool Has(net::Ipv4 address) const { return present_.count(address) > 0; }

  // Configures an address unless it is there already, ours or not.
  absl::Status Ensure(net::Ipv4 address);

  // Removes an address if it is there and ours.
  absl::Status Remove(net::Ipv4 address);

  // Removes all addresses of ours in the pool but those in `keep`: what an
  // earlier life has left.
  absl::Status RemoveAllBut(const std::set<net::Ipv4>& keep);

 private:
  Loopback(net::Ipv4Prefix pool, std::unique_ptr<InterfaceAddresses> interface)
      : pool_(pool), interface_(std::move(interface)) {}

  const net::Ipv4Prefix pool_;
  const std::unique_ptr<InterfaceAddresses> interface_;
  std::map<net::Ipv4, InterfaceAddress> present_;
};

inline constexpr char kLoopback[] = "lo";
inline constexpr char kLabel[] = "lo:faas";

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LOOPBACK_H_
