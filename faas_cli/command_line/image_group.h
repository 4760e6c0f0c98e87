#ifndef FAAS_FAAS_CLI_COMMAND_LINE_IMAGE_GROUP_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_IMAGE_GROUP_H_

#include <CLI/CLI.hpp>
#include <string>

#include "faas_cli/command_line/command_tree.h"
#include "faas_cli/command_line/global_options.h"
#include "faas_cli/function_commands.h"

namespace faas::cli {

// ImageGroup is the group of commands that read an image archive without a
// faasd: image inspect and image extract.
class ImageGroup {
 public:
  // Adds the commands to `app`. `global` and `chosen` must outlive this object,
  // and `app` must not parse any more once it is gone.
  ImageGroup(CLI::App& app, const GlobalOptions& global, Action& chosen);
  ImageGroup(const ImageGroup&) = delete;
  ImageGroup& operator=(const ImageGroup&) = delete;

  // What the user typed after the command.
  const ImageInput& image() const { return image_; }
  const std::string& directory() const { return directory_; }

 private:
  ImageInput image_;
  std::string directory_;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_IMAGE_GROUP_H_
