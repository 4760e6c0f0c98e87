#ifndef FAAS_FAAS_CLI_COMMAND_LINE_NEAREST_H_
#define FAAS_FAAS_CLI_COMMAND_LINE_NEAREST_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace faas::cli {

// Returns how many characters must be inserted, removed, replaced or swapped
// with their neighbour to make `to` from `from`.
size_t EditDistance(absl::string_view from, absl::string_view to);

// Returns the candidate with the smallest distance to `word`, or "" if more
// than half of its characters would change. The first of several wins.
std::string Nearest(absl::string_view word,
                    const std::vector<std::string>& candidates);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_COMMAND_LINE_NEAREST_H_
