#ifndef FAAS_FAAS_CLI_VERSION_COMMAND_H_
#define FAAS_FAAS_CLI_VERSION_COMMAND_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// Prints the version of this program, and then the versions of the faasd at
// `endpoint` and of its runtime. If no faasd answers or `endpoint` is an error,
// it prints its own version and returns the error, as `docker version` and
// `kubectl version` do.
absl::Status PrintVersion(const absl::StatusOr<Endpoint>& endpoint,
                          Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_VERSION_COMMAND_H_
