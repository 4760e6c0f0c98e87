#ifndef FAAS_TOOLS_REFERENCE_FLAG_HELP_H_
#define FAAS_TOOLS_REFERENCE_FLAG_HELP_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace faas::reference {

// A flag of a daemon, as --help prints it.
struct FlagHelp {
  // The source file that defines the flag: "common/rpc/api_flags.cc".
  std::string file;
  // The name without "--".
  std::string name;
  std::string help;
  // The value without quotes; "" if there is none.
  std::string standard;
};

// Parses the output of --help. Leaves out the flags of Abseil itself.
std::vector<FlagHelp> ParseFlagHelp(absl::string_view output);

// Returns the default of a flag for people: "`536870912` (512 MiB)".
std::string StandardText(const FlagHelp& flag);

// Returns it for a text that has little room: "512 MiB".
std::string ShortStandardText(const FlagHelp& flag);

}  // namespace faas::reference

#endif  // FAAS_TOOLS_REFERENCE_FLAG_HELP_H_
