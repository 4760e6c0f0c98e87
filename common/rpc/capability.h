#ifndef FAAS_COMMON_RPC_CAPABILITY_H_
#define FAAS_COMMON_RPC_CAPABILITY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::rpc {

// The name of a capability as the kernel's headers write it: "CAP_SETUID" for
// "SETUID", "setuid" and "cap_setuid". INVALID_ARGUMENT if there is none.
absl::StatusOr<std::string> CapabilityName(absl::string_view text);

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CAPABILITY_H_
