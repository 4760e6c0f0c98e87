#include "faas_cli/command_line/help_page.h"

#include <sstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace faas::cli {
namespace {

constexpr size_t kPageWidth = 80;

// Puts line breaks between words; CLI11 indents the lines that follow.
std::string Wrapped(const std::string& text, size_t width) {
  std::string out;
  size_t column = 0;
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (column > 0 && column + 1 + word.size() > width) {
      out += '\n';
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    absl::StrAppend(&out, word);
    column += word.size();
  }
  return out;
}

}  // namespace

std::string ShownNames(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) {
    names.push_back(absl::StrCat("-", name));
  }
  for (const std::string& name : option.get_lnames()) {
    if (name.find('_') == std::string::npos) {
      names.push_back(absl::StrCat("--", name));
    }
  }
  return absl::StrJoin(names, ",");
}

std::string HelpPage::make_option_name(const CLI::Option* option,
                                       bool is_positional) const {
  return is_positional ? Formatter::make_option_name(option, is_positional)
                       : ShownNames(*option);
}

std::string HelpPage::make_option_desc(const CLI::Option* option) const {
  return Wrapped(option->get_description(), kPageWidth - column_width_);
}

std::string HelpPage::make_subcommand(const CLI::App* command) const {
  std::stringstream out;
  CLI::detail::format_help(
      out, command->get_name(),
      Wrapped(command->get_description(), kPageWidth - column_width_),
      column_width_);
  return out.str();
}

}  // namespace faas::cli
