#ifndef FAAS_COMMON_RPC_API_FLAGS_H_
#define FAAS_COMMON_RPC_API_FLAGS_H_

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "common/rpc/message_limits.h"

namespace faas::rpc {

// The functions in this file read the flags that all daemons with an API have:
// --group and the limits of the API.

// Returns the group of --group; see daemon::FindGroup. If there is no such
// group, a daemon that runs without a supervisor (`supervised` is false) logs
// that. The supervisor logs it otherwise.
absl::StatusOr<gid_t> GroupFromFlags(bool supervised);

// Returns the limits. Returns INVALID_ARGUMENT for a limit that would let
// nobody in.
absl::StatusOr<Limits> LimitsFromFlags();

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_API_FLAGS_H_
