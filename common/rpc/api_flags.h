#ifndef FAAS_COMMON_RPC_API_FLAGS_H_
#define FAAS_COMMON_RPC_API_FLAGS_H_

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "common/rpc/message_limits.h"

namespace faas::rpc {

// The flags that all daemons with an API have: --group and the limits.

// See daemon::FindGroup. A daemon without a supervisor, which would, says in
// the log that there is none.
absl::StatusOr<gid_t> GroupFromFlags(bool supervised);

// INVALID_ARGUMENT for a limit that would let nobody in.
absl::StatusOr<Limits> LimitsFromFlags();

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_API_FLAGS_H_
