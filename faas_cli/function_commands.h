#ifndef FAAS_FAAS_CLI_FUNCTION_COMMANDS_H_
#define FAAS_FAAS_CLI_FUNCTION_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "faas_cli/endpoint.h"
#include "faas_cli/option_flags.h"
#include "faas_cli/upload_call.h"

namespace faas::cli {

// The form of a result.
enum class Output { kText, kJson };

// The commands for functions. Each prints its result on standard output and
// returns its error, which the caller prints.

// The image that a command reads.
struct ImageInput {
  // The path of an archive, or "-" or "" for standard input.
  std::string archive;
  // The directory of an OCI layout, which replaces the archive if it is set.
  std::string oci_directory;
  // The image to take from an archive that holds several; empty for the only
  // one.
  std::string reference;
};

// Creates or updates a function. An update that has options but names no image
// leaves the image as it is.
absl::Status Deploy(const Endpoint& endpoint, UploadKind kind,
                    const std::string& name, const ImageInput& input,
                    const OptionFlags& flags, Output output);
// Removes a function.
absl::Status Remove(const Endpoint& endpoint, const std::string& name,
                    Output output);
// Prints all functions.
absl::Status List(const Endpoint& endpoint, Output output);
// Prints the address of a function.
absl::Status PrintIp(const Endpoint& endpoint, const std::string& name,
                     Output output);
// Prints everything about a function.
absl::Status Describe(const Endpoint& endpoint, const std::string& name,
                      Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_FUNCTION_COMMANDS_H_
