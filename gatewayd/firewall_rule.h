#ifndef FAAS_GATEWAYD_FIREWALL_RULE_H_
#define FAAS_GATEWAYD_FIREWALL_RULE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::gatewayd {

// A table of nftables of gatewayd's own, `inet <table>`, with one rule: a TCP
// connection that is opened from a socket with a mark is refused. It outlives
// gatewayd, as connections in containers do, until somebody removes it.

// Makes the table, or replaces it, in one transaction. NOT_FOUND if there is no
// program `nft`.
absl::Status SetFirewallRule(const std::string& table, uint32_t mark);

// OK if there is none.
absl::Status RemoveFirewallRule(const std::string& table);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_FIREWALL_RULE_H_
