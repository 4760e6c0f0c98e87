#ifndef FAAS_FAAS_CLI_COMMAND_LINE_USAGE_ERROR_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_USAGE_ERROR_H_

#include <CLI/CLI.hpp>
#include <string>

namespace faas::cli {

// Returns what is wrong with a command line that `app` could not parse, as one
// sentence with a hint to --help. For an unknown command or option it names the
// nearest one that exists:
//
//   there is no command "lst"; did you mean "list"? See "faas --help"
std::string UsageError(const CLI::App& app, const CLI::ParseError& error);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_USAGE_ERROR_H_
