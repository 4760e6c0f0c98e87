#include "faas_cli/command_line/command_line.h"

#include <memory>
#include <ostream>

#include "faas_cli/command_line/help_page.h"
#include "faas_cli/command_line/platform_group.h"
#include "faas_cli/command_line/usage_error.h"

namespace faas::cli {
namespace {

// Prepares `app` before it gets options and commands, which inherit from it.
CLI::App& Prepare(CLI::App& app) {
  app.formatter(std::make_shared<HelpPage>());
  app.set_help_flag("-h,--help", "Prints this help.");
  app.require_subcommand(1);
  // Global options may stand behind the command, too.
  app.fallthrough();
  return app;
}

}  // namespace

CommandLine::CommandLine()
    : app_("Functions from container images.", "faas"),
      global_(Prepare(app_)),
      functions_(app_, global_, chosen_),
      images_(app_, global_, chosen_) {
  AddPlatformGroup(app_, global_, chosen_);
}

CommandLine::Parsed CommandLine::Parse(int argc, const char* const* argv,
                                       std::ostream& out, std::ostream& err) {
  try {  // CLI11 reports by exceptions, --help and --version too.
    app_.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) {
      return {.exit_status = app_.exit(error, out, err)};
    }
    err << "faas: " << UsageError(app_, error) << "\n";
    return {.exit_status = kUsageError};
  }
  return {.action = chosen_};
}

}  // namespace faas::cli
