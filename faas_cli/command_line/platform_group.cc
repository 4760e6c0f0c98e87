#include "faas_cli/command_line/platform_group.h"

#include "absl/strings/str_cat.h"
#include "common/base/version.h"
#include "faas_cli/store_commands.h"
#include "faas_cli/version_command.h"

namespace faas::cli {

void AddPlatformGroup(CLI::App& app, const GlobalOptions& global,
                      Action& chosen) {
  AddCommand(app, "df", "Show what functions and layers take on disk",
             global.WithEndpoint([&global](const Endpoint& endpoint) {
               return PrintUsage(endpoint, global.output());
             }),
             chosen);
  AddCommand(app, "gc", "Remove layers that no function uses",
             global.WithEndpoint([&global](const Endpoint& endpoint) {
               return CollectGarbage(endpoint, global.output());
             }),
             chosen);
  AddCommand(
      app, "version", "Print the versions of faas, of faasd and of its runtime",
      [&global] {
        return PrintVersion(global.ChosenEndpoint(), global.output());
      },
      chosen);
  app.set_version_flag("--version", absl::StrCat("faas ", base::kVersion),
                       "Prints the version of faas.");
}

}  // namespace faas::cli
