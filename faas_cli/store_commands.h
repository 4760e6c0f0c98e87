#ifndef FAAS_FAAS_CLI_STORE_COMMANDS_H_
#define FAAS_FAAS_CLI_STORE_COMMANDS_H_

#include "absl/status/status.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// Prints how much functions and layers take on disk.
absl::Status PrintUsage(const Endpoint& endpoint, Output output);

// Removes layers that no function uses, and prints how much that freed.
absl::Status CollectGarbage(const Endpoint& endpoint, Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_STORE_COMMANDS_H_
