#include "faas_cli/command_line/global_options.h"

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"

namespace faas::cli {
namespace {

std::string FromEnvironment(const char* name) {
  const char* value = getenv(name);
  return value != nullptr ? value : "";
}

}  // namespace

GlobalOptions::GlobalOptions(CLI::App& app) {
  AddOption(app, "address", address_, "HOST:PORT",
            "The control API of a remote faasd. The environment variable "
            "FAAS_URL stands for it, too.");
  AddOption(app, "run-dir", run_dir_, "DIR",
            "The directory of a local faasd's sockets: /run/faasd by default. "
            "The environment variable FAASD_RUN_DIR stands for it, too.");
  app.add_option_function<std::string>(
         "-o,--output",
         [this](const std::string& form) {
           output_ = form == "json" ? Output::kJson : Output::kText;
         },
         "The form of the result: text for people (the default), or json for "
         "programs.")
      ->option_text("text|json")
      ->check(CLI::IsMember({"text", "json"}));
  AddCredentialOptions(app);
}

void GlobalOptions::AddCredentialOptions(CLI::App& app) {
  const auto add = [&app](const char* name, std::string& value,
                          const std::string& description) {
    AddOption(app, name, value, "FILE", description).group("With --address");
  };
  add("token-file", credentials_.token_file,
      absl::StrCat("The token of a control API on loopback. The environment "
                   "variable FAAS_TOKEN may hold the token instead; by default "
                   "it is read from ",
                   kDefaultTokenFile, "."));
  add("tls-cert", credentials_.tls.cert, "The user's certificate, in PEM.");
  add("tls-key", credentials_.tls.key,
      "The private key of the certificate, in PEM.");
  add("tls-ca", credentials_.tls.ca,
      "The certificate of the authority that signed the server's certificate, "
      "in PEM.");
}

absl::StatusOr<Endpoint> GlobalOptions::ChosenEndpoint() const {
  ASSIGN_OR_RETURN(
      Endpoint endpoint,
      ChooseEndpoint(address_, run_dir_, FromEnvironment("FAAS_URL"),
                     FromEnvironment("FAASD_RUN_DIR")));
  Credentials credentials = credentials_;
  credentials.token = FromEnvironment("FAAS_TOKEN");
  RETURN_IF_ERROR(AddCredentials(credentials, &endpoint));
  return endpoint;
}

Action GlobalOptions::WithEndpoint(
    std::function<absl::Status(const Endpoint&)> command) const {
  return [this, command = std::move(command)]() -> absl::Status {
    ASSIGN_OR_RETURN(const Endpoint endpoint, ChosenEndpoint());
    return command(endpoint);
  };
}

}  // namespace faas::cli
