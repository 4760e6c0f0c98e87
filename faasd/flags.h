#ifndef FAAS_FAASD_FLAGS_H_
#define FAAS_FAASD_FLAGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::faasd {

// The values of faasd's command line flags. Each field has the name of its
// flag; flags.cc has their help texts.
struct Flags {
  std::string state_dir;
  std::string run_dir;
  std::string group;
  std::string pool;
  uint16_t port = 0;
  std::string control_listen;
  std::string runtime;
  uint32_t id_base = 0;
  std::string gateway_user;
  // Split at the spaces.
  std::vector<std::string> registryd_args;
  std::vector<std::string> gatewayd_args;
  std::vector<std::string> runnerd_args;
  std::string bin_dir;
  absl::Duration ready_timeout;
  absl::Duration stop_timeout;
};

// Returns the flags of the command line that was parsed. Returns
// INVALID_ARGUMENT, naming the flag, for a value that cannot be right whatever
// the host is like. Values that are only handed on are checked by the daemon
// that gets them.
absl::StatusOr<Flags> ReadFlags();

}  // namespace faas::faasd

#endif  // FAAS_FAASD_FLAGS_H_
