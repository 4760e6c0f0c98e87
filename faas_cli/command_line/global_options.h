#ifndef FAAS_FAAS_CLI_COMMAND_LINE_GLOBAL_OPTIONS_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_GLOBAL_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas_cli/command_line/command_tree.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// GlobalOptions are the options that all commands have: which faasd a command
// talks to, how it shows who the user is, and what it prints.
class GlobalOptions {
 public:
  // Adds the options to `app`, which must not outlive this object.
  explicit GlobalOptions(CLI::App& app);
  GlobalOptions(const GlobalOptions&) = delete;
  GlobalOptions& operator=(const GlobalOptions&) = delete;

  // Chooses the faasd from the options and the environment, and reads the
  // user's credentials. Returns the errors of ChooseEndpoint and
  // AddCredentials.
  absl::StatusOr<Endpoint> ChosenEndpoint() const;

  Output output() const { return output_; }
  const std::string& address() const { return address_; }
  const std::string& run_dir() const { return run_dir_; }
  const Credentials& credentials() const { return credentials_; }

  // Returns an action that calls `command` with the chosen endpoint. This
  // object must outlive the action.
  Action WithEndpoint(
      std::function<absl::Status(const Endpoint&)> command) const;

 private:
  void AddCredentialOptions(CLI::App& app);

  std::string address_;
  std::string run_dir_;
  Credentials credentials_;
  Output output_ = Output::kText;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_GLOBAL_OPTIONS_H_
