#include "faas_cli/command_line/usage_error.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/printable.h"
#include "faas_cli/command_line/nearest.h"

namespace faas::cli {
namespace {

// Returns the last command on the way from `app` that the user has named.
const CLI::App& LastCommand(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
  }
  return *command;
}

// Returns the names of a command and of its parents: "faas image inspect".
std::string FullName(const CLI::App& command) {
  return command.get_parent() == nullptr
             ? command.get_name()
             : absl::StrCat(FullName(*command.get_parent()), " ",
                            command.get_name());
}

std::vector<std::string> CommandsBelow(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* child :
       command.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(child->get_name());
  }
  return names;
}

// Returns the names of the command's options and of those of its parents.
std::vector<std::string> OptionsOf(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::App* app = &command; app != nullptr;
       app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        if (!absl::StrContains(name, '_')) names.push_back(name);
      }
    }
  }
  return names;
}

std::string Unknown(absl::string_view kind, absl::string_view prefix,
                    absl::string_view word, const std::string& nearest,
                    const std::string& hint) {
  const std::string text = absl::StrCat("there is no ", kind, " \"", prefix,
                                        base::Printable(word), "\"; ");
  return nearest.empty() ? absl::StrCat(text, "see ", hint)
                         : absl::StrCat(text, "did you mean \"", prefix,
                                        nearest, "\"? See ", hint);
}

std::string UnknownOption(const CLI::App& command, const std::string& argument,
                          const std::string& hint) {
  std::string name = argument.substr(0, argument.find('='));
  if (!absl::StartsWith(name, "--")) {
    return Unknown("option", "", name, "", hint);
  }
  name.erase(0, 2);
  return Unknown(
      "option", "--", name,
      Nearest(absl::StrReplaceAll(name, {{"_", "-"}}), OptionsOf(command)),
      hint);
}

}  // namespace

std::string UsageError(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = LastCommand(app);
  const std::string hint = absl::StrCat("\"", FullName(command), " --help\"");
  const std::vector<std::string> commands = CommandsBelow(command);
  for (const std::string& argument : app.remaining(true)) {
    if (argument == "--") continue;
    if (argument.size() > 1 && argument[0] == '-') {
      return UnknownOption(command, argument, hint);
    }
    if (commands.empty()) continue;
    const std::string parent = command.get_parent() == nullptr
                                   ? ""
                                   : absl::StrCat(command.get_name(), " ");
    return Unknown("command", parent, argument, Nearest(argument, commands),
                   hint);
  }
  return absl::StrCat(
      base::Printable(absl::StrReplaceAll(error.what(), {{"\n", " "}})),
      "; see ", hint);
}

}  // namespace faas::cli
