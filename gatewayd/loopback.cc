#include "gatewayd/loopback.h"

#include <utility>
#include <vector>

#include "common/base/status_macros.h"

namespace faas::gatewayd {

absl::StatusOr<std::unique_ptr<Loopback>> Loopback::Open(net::Ipv4Prefix pool) {
  ASSIGN_OR_RETURN(auto interface, InterfaceAddresses::Open(kLoopback));
  auto loopback =
      std::unique_ptr<Loopback>(new Loopback(pool, std::move(interface)));
  RETURN_IF_ERROR(loopback->Refresh());
  return loopback;
}

absl::Status Loopback::Refresh() {
  ASSIGN_OR_RETURN(const std::vector<InterfaceAddress> addresses,
                   interface_->List());
  present_.clear();
  for (const InterfaceAddress& address : addresses) {
    // One address may be there several times, with different prefixes. If one
    // of them is somebody else's, the address counts as somebody else's.
    InterfaceAddress& slot = present_[address.address];
    if (slot.label.empty() || slot.label == kLabel) slot = address;
  }
  return absl::OkStatus();
}

std::set<net::Ipv4> Loopback::Foreign() const {
  std::set<net::Ipv4> result;
  for (const auto& [ip, address] : present_) {
    if (address.label != kLabel) result.insert(ip);
  }
  return result;
}

absl::Status Loopback::Ensure(net::Ipv4 address) {
  if (present_.count(address) > 0) return absl::OkStatus();
  const InterfaceAddress wanted = {address, pool_.length, kLabel};
  const absl::Status status = interface_->Add(wanted);
  if (absl::IsAlreadyExists(status)) return Refresh();
  RETURN_IF_ERROR(status);
  present_[address] = wanted;
  return absl::OkStatus();
}

absl::Status Loopback::Remove(net::Ipv4 address) {
  const auto it = present_.find(address);
  if (it == present_.end() || it->second.label != kLabel) {
    return absl::OkStatus();
  }
  const absl::Status status = interface_->Remove(it->second);
  if (!status.ok() && !absl::IsNotFound(status)) return status;
  present_.erase(it);
  return absl::OkStatus();
}

absl::Status Loopback::RemoveAllBut(const std::set<net::Ipv4>& keep) {
  std::vector<net::Ipv4> stale;
  for (const auto& [ip, address] : present_) {
    if (address.label == kLabel && pool_.Contains(ip) && keep.count(ip) == 0) {
      stale.push_back(ip);
    }
  }
  for (const net::Ipv4 ip : stale) RETURN_IF_ERROR(Remove(ip));
  return absl::OkStatus();
}

}  // namespace faas::gatewayd
