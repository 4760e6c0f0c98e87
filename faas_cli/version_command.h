#ifndef FAAS_FAAS_CLI_VERSION_COMMAND_H_
#define FAAS_FAAS_CLI_VERSION_COMMAND_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// Prints the version of this program, and then of the faasd at `endpoint` and
// of its runtime. Without a faasd it prints its own and returns an error, as
// `docker version` and `kubectl version` do; so it does when `endpoint` is an
// error, which it returns.
absl::Status PrintVersion(const absl::StatusOr<Endpoint>& endpoint,
                          Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_VERSION_COMMAND_H_
