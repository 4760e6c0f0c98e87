#include "tools/reference/cli_page.h"

#include <CLI/CLI.hpp>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "faas_cli/command_line/command_line.h"
#include "faas_cli/command_line/help_page.h"
#include "faas_cli/quantity.h"
#include "function/option_table.h"
#include "tools/reference/markdown.h"

namespace faas::reference {
namespace {

using function::Option;
using function::OptionGroup;
using function::OptionKind;

constexpr OptionGroup kGroups[] = {OptionGroup::kConnections,
                                   OptionGroup::kContainer};

// Returns the names of an option and its form: "`-o`, `--output text|json`".
std::string OptionCell(const CLI::Option& option) {
  const std::vector<std::string> names =
      absl::StrSplit(cli::ShownNames(option), ',');
  std::vector<std::string> cells;
  for (const std::string& name : names) cells.push_back(Code(name));
  const std::string form = option.get_option_text();
  if (!form.empty()) {
    cells.back() = Code(absl::StrCat(names.back(), " ", form));
  }
  return absl::StrJoin(cells, ", ");
}

bool IsFunctionOption(const CLI::Option& option) {
  for (const OptionGroup group : kGroups) {
    if (option.get_group() == function::GroupTitle(group)) return true;
  }
  return false;
}

std::string UsageLine(const CLI::App& command, const std::string& full_name) {
  std::string usage = full_name;
  for (const CLI::Option* option : command.get_options()) {
    if (!option->get_positional()) continue;
    absl::StrAppend(&usage, " ", option->get_required() ? "" : "[",
                    option->get_name(true), option->get_required() ? "" : "]");
  }
  return absl::StrCat(usage, " [OPTIONS]");
}

std::vector<std::vector<std::string>> RowsOf(const CLI::App& command) {
  std::vector<std::vector<std::string>> rows;
  for (const bool positional : {true, false}) {
    for (const CLI::Option* option : command.get_options()) {
      if (option->get_positional() != positional ||
          option->check_lname("help")) {
        continue;
      }
      // Function options have tables of their own, but for those that only an
      // update has.
      if (IsFunctionOption(*option) &&
          !absl::StartsWith(option->get_lnames().front(), "no-")) {
        continue;
      }
      rows.push_back(
          {positional ? Code(option->get_name(true)) : OptionCell(*option),
           Prose(option->get_description())});
    }
  }
  return rows;
}

bool HasFunctionOptions(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (IsFunctionOption(*option)) return true;
  }
  return false;
}

void AppendCommand(const CLI::App& command, const std::string& parent,
                   std::string& out) {
  const std::string name = absl::StrCat(parent, " ", command.get_name());
  const auto children =
      command.get_subcommands([](const CLI::App*) { return true; });
  if (!children.empty()) {
    for (const CLI::App* child : children) AppendCommand(*child, name, out);
    return;
  }
  absl::StrAppend(&out, "### ", name, "\n\n", Prose(command.get_description()),
                  ".\n\n```sh\n", UsageLine(command, name), "\n```\n\n");
  const auto rows = RowsOf(command);
  if (!rows.empty()) {
    absl::StrAppend(
        &out, MarkdownTable({"argument or option", "meaning"}, rows), "\n");
  }
  if (HasFunctionOptions(command)) {
    absl::StrAppend(&out,
                    "It also takes the [options of a function]"
                    "(#options-of-a-function).\n\n");
  }
}

std::string Amount(const Option& option, uint64_t amount) {
  switch (option.kind) {
    case OptionKind::kDuration:
      return absl::FormatDuration(absl::Milliseconds(amount));
    case OptionKind::kBytes:
      return cli::SizeText(amount);
    case OptionKind::kCpus:
      return absl::StrCat(amount / 1000.0);
    default:
      return absl::StrCat(amount);
  }
}

std::string Limits(const Option& option) {
  if (option.most == 0) return "";
  if (option.repeated()) return absl::StrCat("at most ", option.most, " times");
  return option.least == 0 ? absl::StrCat("at most ", option.most)
                           : absl::StrCat(Amount(option, option.least), " to ",
                                          Amount(option, option.most));
}

// Returns what applies without the option: "1m (runnerd's `--idle_after`)".
std::string Standard(const Option& option,
                     const std::vector<FlagHelp>& runnerd) {
  constexpr absl::string_view kPrefix = "runnerd's --";
  const absl::string_view text = option.standard;
  if (!absl::StartsWith(text, kPrefix)) return Prose(text);
  for (const FlagHelp& flag : runnerd) {
    if (text.substr(kPrefix.size()) != flag.name) continue;
    // 0 has a meaning of its own, which the text of the flag explains.
    if (flag.standard == "0") return Prose(text);
    return absl::StrCat(ShortStandardText(flag), " (", Prose(text), ")");
  }
  return absl::StrCat(Prose(text), ", which is UNKNOWN");
}

}  // namespace

std::string CommandSections() {
  const cli::CommandLine command_line;
  std::string out;
  for (const CLI::App* command : command_line.app().get_subcommands(
           [](const CLI::App*) { return true; })) {
    AppendCommand(*command, command_line.app().get_name(), out);
  }
  return absl::StrReplaceAll(out, {{"\n\n\n", "\n\n"}});
}

std::string GlobalOptionTable() {
  const cli::CommandLine command_line;
  std::vector<std::vector<std::string>> rows;
  for (const CLI::Option* option : command_line.app().get_options()) {
    rows.push_back({OptionCell(*option), Prose(option->get_description())});
  }
  return MarkdownTable({"option", "meaning"}, rows);
}

std::string FunctionOptionTables(const std::vector<FlagHelp>& runnerd) {
  std::string out;
  for (const OptionGroup group : kGroups) {
    std::vector<std::vector<std::string>> rows;
    for (const Option& option : function::OptionTable()) {
      if (option.group != group) continue;
      rows.push_back({Code(absl::StrCat(option.flag(), " ", option.form)),
                      Prose(option.help), Standard(option, runnerd),
                      Limits(option), Code(option.path())});
    }
    absl::StrAppend(&out, out.empty() ? "" : "\n", "### ",
                    function::GroupTitle(group), "\n\n",
                    MarkdownTable({"option", "meaning", "default", "limits",
                                   "field of the API"},
                                  rows));
  }
  return out;
}

}  // namespace faas::reference
