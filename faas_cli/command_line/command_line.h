#ifndef FAAS_FAAS_CLI_COMMAND_LINE_COMMAND_LINE_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_COMMAND_LINE_H_

#include <CLI/CLI.hpp>
#include <iosfwd>

#include "faas_cli/command_line/command_tree.h"
#include "faas_cli/command_line/function_group.h"
#include "faas_cli/command_line/global_options.h"
#include "faas_cli/command_line/image_group.h"

namespace faas::cli {

// The exit status for a command line that is wrong.
inline constexpr int kUsageError = 2;

// A CommandLine is the tree of all commands of `faas` with their options.
class CommandLine {
 public:
  struct Parsed {
    // The command to run; null if the program ends after parsing.
    Action action;
    // The exit status for that case.
    int exit_status = 0;
  };

  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  // Parses the arguments of main. Writes help texts and the version to `out`,
  // and one line beginning with "faas: " to `err` if the command line is wrong.
  // This object must outlive the action. May be called once.
  Parsed Parse(int argc, const char* const* argv, std::ostream& out,
               std::ostream& err);

  const CLI::App& app() const { return app_; }
  const GlobalOptions& global() const { return global_; }
  const FunctionGroup& functions() const { return functions_; }
  const ImageGroup& images() const { return images_; }

 private:
  CLI::App app_;
  Action chosen_;
  GlobalOptions global_;
  FunctionGroup functions_;
  ImageGroup images_;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_COMMAND_LINE_H_
