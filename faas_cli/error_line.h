#ifndef FAAS_FAAS_CLI_ERROR_LINE_H_
#define FAAS_FAAS_CLI_ERROR_LINE_H_

#include <string>

#include "absl/status/status.h"

namespace faas::cli {

// Returns what `faas` prints for an error: "faas: ", its message, and, if an
// image is to blame, the category: " [TRUNCATED]".
std::string ErrorLine(const absl::Status& status);

// Flushes standard output, and prints the error of the command, or the error of
// writing its output, to standard error. Returns the exit status: 0 or 1.
int Report(absl::Status status);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ERROR_LINE_H_
