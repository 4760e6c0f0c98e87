#ifndef FAAS_FAAS_CLI_COMMAND_LINE_COMMAND_TREE_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_COMMAND_TREE_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"

namespace faas::cli {

// The groups build the tree of commands from these parts.

// An Action is what a command does when the command line has been parsed.
using Action = std::function<absl::Status()>;

// Adds a command. When the user chooses it, parsing sets `chosen` to `action`.
CLI::App& AddCommand(CLI::App& parent, const std::string& name,
                     const std::string& description, Action action,
                     Action& chosen);

// Returns the spellings of the option `name`: "--run-dir,--run_dir". The first
// is shown in help texts and errors; the second is what older scripts write.
std::string Spellings(const std::string& name);

// Adds an option with a text as its value. Help texts show `form` after its
// name.
CLI::Option& AddOption(CLI::App& command, const std::string& name,
                       std::string& value, const std::string& form,
                       const std::string& description);

// Adds an argument without a name. Help texts show `name`.
CLI::Option& AddArgument(CLI::App& command, const std::string& name,
                         std::string& value, const std::string& description);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_COMMAND_TREE_H_
