#include "faas_cli/command_line/image_group.h"

#include "faas_cli/image_commands.h"

namespace faas::cli {

ImageGroup::ImageGroup(CLI::App& app, const GlobalOptions& global,
                       Action& chosen) {
  CLI::App& image = *app.add_subcommand(
      "image", "Look into an image archive, without a faasd");
  image.require_subcommand(1);
  CLI::App& inspect = AddCommand(
      image, "inspect",
      "Print the size, the layers and the command of an image",
      [this, &global] { return InspectImageArchive(image_, global.output()); },
      chosen);
  CLI::App& extract = AddCommand(
      image, "extract", "Write the root file system of an image to a directory",
      [this, &global] {
        return ExtractImageArchive(image_, directory_, global.output());
      },
      chosen);
  for (CLI::App* command : {&inspect, &extract}) {
    AddOption(*command, "ref", image_.reference, "NAME:TAG",
              "The image to take from an archive that holds several.");
    AddArgument(*command, "FILE", image_.archive,
                "An image archive, or - for standard input.")
        .required();
  }
  AddArgument(extract, "DIR", directory_, "A directory that is new or empty.")
      .required();
}

}  // namespace faas::cli
