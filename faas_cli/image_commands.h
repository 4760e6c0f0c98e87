#ifndef FAAS_FAAS_CLI_IMAGE_COMMANDS_H_
#define FAAS_FAAS_CLI_IMAGE_COMMANDS_H_

#include <string>

#include "absl/status/status.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// The commands that need no faasd. They read an archive with the library that
// registryd uses.

// Prints the size, the layers and the command of an image.
absl::Status InspectImageArchive(const ImageInput& input, Output output);

// Writes the root file system of an image to `directory`, which must be empty
// or not exist. After an error, it is as before. Files keep their owners only
// if the caller is root.
absl::Status ExtractImageArchive(const ImageInput& input,
                                 const std::string& directory, Output output);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_IMAGE_COMMANDS_H_
