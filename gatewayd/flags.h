#ifndef FAAS_GATEWAYD_FLAGS_H_
#define FAAS_GATEWAYD_FLAGS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/net/ipv4.h"
#include "common/rpc/message_limits.h"
#include "gatewayd/socket_guard.h"

namespace faas::gatewayd {

// The values of gatewayd's command line flags. Each field has the name of its
// flag; flags.cc has their help texts.
struct Flags {
  std::string run_dir;
  std::string group;
  net::Ipv4Prefix pool;
  uint16_t port = 0;
  size_t max_pending = 0;
  absl::Duration handoff_timeout;
  absl::Duration first_byte_timeout;
  size_t max_silent = 0;
  absl::Duration stop_timeout;
  std::string user;
  SocketGuardChoice socket_guard = SocketGuardChoice::kAuto;
  uint32_t socket_mark = 0;
  bool allow_socket_reuse = false;
  bool remove_leftovers = false;
  int parent_pid = 0;
  // The flags of common/rpc/api_flags.cc.
  rpc::Limits api_limits;
};

// Returns the flags of the command line that was parsed. Returns
// INVALID_ARGUMENT, naming the flag, for a value that cannot be right whatever
// the host is like. Looks nothing up on the host: whether the user, the group
// and the directory exist is found out when they are used.
absl::StatusOr<Flags> ReadFlags();

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_FLAGS_H_
