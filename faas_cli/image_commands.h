#ifndef FAAS_FAAS_CLI_IMAGE_COMMANDS_H_
#define FAAS_FAAS_CLI_IMAGE_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// The commands that need no faasd: they read an archive ("-" for standard
// input) with the library that registryd uses.

// Prints size, layers and command.
absl::Status InspectImageArchive(const ImageInput& input, Output output);

// Writes the root file system to `directory`, which must not exist or be
// empty; on error it is as before. Owners are kept if this is run as root.
absl::Status ExtractImageArchive(const ImageInput& input,
                                 const std::string& directory, Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_IMAGE_COMMANDS_H_
