#ifndef FAAS_FAAS_CLI_COMMAND_LINE_HELP_PAGE_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_HELP_PAGE_H_

#include <CLI/CLI.hpp>
#include <string>

namespace faas::cli {

// A HelpPage is the format of help texts: lines of at most 80 characters, and
// one spelling of each option.
class HelpPage : public CLI::Formatter {
 public:
  std::string make_option_name(const CLI::Option* option,
                               bool is_positional) const override;
  std::string make_option_desc(const CLI::Option* option) const override;
  std::string make_subcommand(const CLI::App* command) const override;
};

// Returns the names of an option that help texts show: "-o,--output". They are
// without the spellings that have an underscore.
std::string ShownNames(const CLI::Option& option);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_HELP_PAGE_H_
