#ifndef FAAS_RUNNERD_HOST_RUNTIME_QUERY_H_
#define FAAS_RUNNERD_HOST_RUNTIME_QUERY_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::runnerd {

// What the command `words` prints. FAILED_PRECONDITION if it cannot be run,
// fails, or has not ended within `timeout`; it is killed then, and what is in
// its process group. Of its output 64 KiB are read: what prints more fails.
absl::StatusOr<std::string> AskRuntime(const std::vector<std::string>& words,
                                       absl::Duration timeout);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_RUNTIME_QUERY_H_
