#ifndef FAAS_FUNCTION_CAPABILITY_H_
#define FAAS_FUNCTION_CAPABILITY_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::function {

// Returns the name of a capability as the kernel's headers write it:
// "CAP_SETUID" for "SETUID", "setuid" and "cap_setuid". Returns
// INVALID_ARGUMENT if there is no such capability.
absl::StatusOr<std::string> CapabilityName(absl::string_view text);

}  // namespace faas::function

#endif  // FAAS_FUNCTION_CAPABILITY_H_
