#ifndef FAAS_FAAS_CLI_COMMAND_LINE_FUNCTION_GROUP_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_FUNCTION_GROUP_H_

#include <CLI/CLI.hpp>
#include <string>

#include "faas_cli/command_line/command_tree.h"
#include "faas_cli/command_line/global_options.h"
#include "faas_cli/function_commands.h"
#include "faas_cli/option_flags.h"

namespace faas::cli {

// FunctionGroup is the group of commands that create, change, show and remove
// functions: new, update, rm, list, ip and describe.
class FunctionGroup {
 public:
  // Adds the commands to `app`. `global` and `chosen` must outlive this object,
  // and `app` must not parse any more once it is gone.
  FunctionGroup(CLI::App& app, const GlobalOptions& global, Action& chosen);
  FunctionGroup(const FunctionGroup&) = delete;
  FunctionGroup& operator=(const FunctionGroup&) = delete;

  // What the user typed after the command.
  const std::string& name() const { return name_; }
  const ImageInput& image() const { return image_; }
  const OptionFlags& flags() const { return flags_; }

 private:
  CLI::App& AddDeployCommand(CLI::App& app, const std::string& name,
                             const std::string& description, UploadKind kind);
  void AddNamedCommand(CLI::App& app, const std::string& name,
                       const std::string& description,
                       absl::Status (*command)(const Endpoint&,
                                               const std::string&, Output));
  void AddOptions(CLI::App& command);
  void AddRemovals(CLI::App& command);

  const GlobalOptions& global_;
  Action& chosen_;
  std::string name_;
  ImageInput image_;
  OptionFlags flags_;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_FUNCTION_GROUP_H_
