#include "faas_cli/command_line/command_tree.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace faas::cli {

CLI::App& AddCommand(CLI::App& parent, const std::string& name,
                     const std::string& description, Action action,
                     Action& chosen) {
  CLI::App& command = *parent.add_subcommand(name, description);
  command.callback([action = std::move(action), &chosen] { chosen = action; });
  return command;
}

std::string Spellings(const std::string& name) {
  const std::string old = absl::StrReplaceAll(name, {{"-", "_"}});
  return old == name ? absl::StrCat("--", name)
                     : absl::StrCat("--", name, ",--", old);
}

CLI::Option& AddOption(CLI::App& command, const std::string& name,
                       std::string& value, const std::string& form,
                       const std::string& description) {
  return *command.add_option(Spellings(name), value, description)
              ->option_text(form);
}

CLI::Option& AddArgument(CLI::App& command, const std::string& name,
                         std::string& value, const std::string& description) {
  return *command.add_option(name, value, description)->type_name("");
}

}  // namespace faas::cli
