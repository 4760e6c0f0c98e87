#include "faas_cli/command_line/function_group.h"

#include "absl/strings/str_cat.h"
#include "function/option_table.h"

namespace faas::cli {
namespace {

void AddNameArgument(CLI::App& command, std::string& name) {
  AddArgument(command, "NAME", name, "The name of the function.").required();
}

}  // namespace

FunctionGroup::FunctionGroup(CLI::App& app, const GlobalOptions& global,
                             Action& chosen)
    : global_(global), chosen_(chosen) {
  AddDeployCommand(app, "new",
                   "Deploy an image as a new function: docker save IMAGE | "
                   "faas new NAME",
                   UploadKind::kCreate);
  AddRemovals(AddDeployCommand(
      app, "update",
      "Replace the image of a function, its options, or both, without an "
      "interruption",
      UploadKind::kUpdate));
  AddNamedCommand(app, "rm", "Remove a function", Remove);
  AddCommand(app, "list", "List the functions",
             global_.WithEndpoint([this](const Endpoint& endpoint) {
               return List(endpoint, global_.output());
             }),
             chosen_);
  AddNamedCommand(app, "ip", "Print the address of a function", PrintIp);
  AddNamedCommand(app, "describe", "Show everything about a function",
                  Describe);
}

CLI::App& FunctionGroup::AddDeployCommand(CLI::App& app,
                                          const std::string& name,
                                          const std::string& description,
                                          UploadKind kind) {
  CLI::App& command = AddCommand(
      app, name, description,
      global_.WithEndpoint([this, kind](const Endpoint& endpoint) {
        return Deploy(endpoint, kind, name_, image_, flags_, global_.output());
      }),
      chosen_);
  AddNameArgument(command, name_);
  CLI::Option& file = AddArgument(
      command, "FILE", image_.archive,
      "An image archive, as docker save writes it. Without it, or with -, the "
      "command reads standard input.");
  AddOption(command, "ref", image_.reference, "NAME:TAG",
            "The image to take from an archive that holds several.");
  AddOption(command, "oci", image_.oci_directory, "DIR",
            "A directory with an OCI image layout, instead of a FILE.")
      .excludes(&file);
  AddOptions(command);
  return command;
}

void FunctionGroup::AddNamedCommand(
    CLI::App& app, const std::string& name, const std::string& description,
    absl::Status (*command)(const Endpoint&, const std::string&, Output)) {
  AddNameArgument(
      AddCommand(
          app, name, description,
          global_.WithEndpoint([this, command](const Endpoint& endpoint) {
            return command(endpoint, name_, global_.output());
          }),
          chosen_),
      name_);
}

void FunctionGroup::AddOptions(CLI::App& command) {
  for (const function::Option& option : function::OptionTable()) {
    std::vector<std::string>& given = flags_.given[option.name];
    CLI::Option* added;
    if (option.repeated()) {
      // One value for each occurrence, so that a FILE may follow it.
      added = command.add_option(Spellings(option.name), given, option.help)
                  ->expected(1)
                  ->allow_extra_args(false)
                  ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    } else {
      added = command.add_option_function<std::string>(
          Spellings(option.name),
          [&given](const std::string& text) { given = {text}; }, option.help);
    }
    added->option_text(option.form)
        ->group(std::string(function::GroupTitle(option.group)));
  }
}

void FunctionGroup::AddRemovals(CLI::App& command) {
  for (const function::Option& option : function::OptionTable()) {
    if (!option.repeated()) continue;
    command
        .add_flag(Spellings(absl::StrCat("no-", option.name)),
                  flags_.removed[option.name],
                  absl::StrCat("Removes all values of ", option.flag(), "."))
        ->excludes(command.get_option(option.flag()))
        ->group(std::string(function::GroupTitle(option.group)));
  }
}

}  // namespace faas::cli
