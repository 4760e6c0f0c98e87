#ifndef FAAS_FAAS_CLI_FUNCTION_COMMANDS_H_
#define FAAS_FAAS_CLI_FUNCTION_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/option_flags.h"
#include "faas_cli/upload_call.h"

namespace faas::cli {

enum class Output { kText, kJson };

// The commands that talk to a faasd. Each prints its result on standard output;
// errors are returned, to be printed by main.

// What to deploy.
struct ImageInput {
  std::string archive;        // a file, or "-" or "" for standard input
  std::string oci_directory;  // or an OCI layout instead
  std::string reference;      // which image of several; empty for the only one
};

absl::Status Deploy(const Endpoint& endpoint, UploadKind kind,
                    const std::string& name, const ImageInput& input,
                    const OptionFlags& flags, Output output);
absl::Status Remove(const Endpoint& endpoint, const std::string& name,
                    Output output);
absl::Status List(const Endpoint& endpoint, Output output);
absl::Status PrintIp(const Endpoint& endpoint, const std::string& name,
                     Output output);
absl::Status Describe(const Endpoint& endpoint, const std::string& name,
                      Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_FUNCTION_COMMANDS_H_
