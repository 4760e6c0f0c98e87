#ifndef FAAS_FUNCTION_FUNCTION_NAME_H_
#define FAAS_FUNCTION_FUNCTION_NAME_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace faas::function {

// Checks that `name` is a DNS label: 1 to 63 lower-case letters, digits and
// hyphens, without a hyphen at either end. Returns INVALID_ARGUMENT
// (INVALID_NAME) otherwise.
absl::Status CheckFunctionName(absl::string_view name);

}  // namespace faas::function

#endif  // FAAS_FUNCTION_FUNCTION_NAME_H_
