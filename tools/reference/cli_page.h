#ifndef FAAS_TOOLS_REFERENCE_CLI_PAGE_H_
#define FAAS_TOOLS_REFERENCE_CLI_PAGE_H_

#include <string>
#include <vector>

#include "tools/reference/flag_help.h"

namespace faas::reference {

// Returns the sections of all commands of `faas`, each with its arguments and
// options.
std::string CommandSections();

// Returns the table of the options that all commands have.
std::string GlobalOptionTable();

// Returns a table of a function's options for each group. `runnerd` are the
// flags whose values are the defaults.
std::string FunctionOptionTables(const std::vector<FlagHelp>& runnerd);

}  // namespace faas::reference

#endif  // FAAS_TOOLS_REFERENCE_CLI_PAGE_H_
