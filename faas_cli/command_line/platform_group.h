#ifndef FAAS_FAAS_CLI_COMMAND_LINE_PLATFORM_GROUP_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_PLATFORM_GROUP_H_

#include <CLI/CLI.hpp>

#include "faas_cli/command_line/command_tree.h"
#include "faas_cli/command_line/global_options.h"

namespace faas::cli {

// Adds the commands that concern no single function: df, gc and version. They
// have no arguments of their own. `global` and `chosen` must outlive `app`.
void AddPlatformGroup(CLI::App& app, const GlobalOptions& global,
                      Action& chosen);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_PLATFORM_GROUP_H_
