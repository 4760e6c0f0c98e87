#ifndef FAAS_FUNCTION_OPTION_CHECKS_H_
#define FAAS_FUNCTION_OPTION_CHECKS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "faas/v1/function.pb.h"
#include "function/option_table.h"

namespace faas::function {

// Checks all options against the table. Returns INVALID_ARGUMENT, with the
// option's name and its form or limits, for the first that is wrong. Whether
// the host grants a value is runnerd's decision.
absl::Status CheckOptions(const v1::FunctionOptions& options);

// Does the same for the options of containers alone.
absl::Status CheckContainerOptions(const v1::ContainerOptions& options);

// Checks the name of a secret, which becomes the name of a file. It has at most
// 64 letters, digits, ".", "_" and "-", and does not begin with ".". Returns
// INVALID_ARGUMENT otherwise.
absl::Status CheckSecretName(absl::string_view name);

// Returns INVALID_ARGUMENT: `--warm (options.warm.spares) <why>`.
absl::Status InvalidOption(const Option& option, absl::string_view why);

}  // namespace faas::function

#endif  // FAAS_FUNCTION_OPTION_CHECKS_H_
