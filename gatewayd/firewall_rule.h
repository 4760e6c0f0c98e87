#ifndef FAAS_GATEWAYD_FIREWALL_RULE_H_
#define FAAS_GATEWAYD_FIREWALL_RULE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace faas::gatewayd {

// gatewayd's table of nftables, `inet <table>`, has one rule: a TCP connection
// that is opened from a socket with a certain mark is refused. The table stays
// when gatewayd ends, because the containers that it guards against may still
// run, until somebody removes it.

// Makes the table, or replaces it, in one transaction. NOT_FOUND if the program
// `nft` is not installed; UNAVAILABLE, with what `nft` says, if it fails.
absl::Status SetFirewallRule(const std::string& table, uint32_t mark);

// Removes the table. OK if there is none. Errors as above.
absl::Status RemoveFirewallRule(const std::string& table);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_FIREWALL_RULE_H_
