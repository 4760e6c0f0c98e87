#ifndef FAAS_RUNNERD_HOST_RUNTIME_QUERY_H_
#define FAAS_RUNNERD_HOST_RUNTIME_QUERY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::runnerd {

// Runs the command `words` and returns what it writes to standard output.
// FAILED_PRECONDITION if it cannot be run, fails, or has not ended within
// `timeout`. When this function returns, the command and its process group are
// killed. Only 64 KiB of the output are read; a command that writes more cannot
// write on, and fails.
absl::StatusOr<std::string> AskRuntime(const std::vector<std::string>& words,
                                       absl::Duration timeout);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_RUNTIME_QUERY_H_
