#ifndef FAAS_COMMON_PROCESS_RUN_TO_END_H_
#define FAAS_COMMON_PROCESS_RUN_TO_END_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/child.h"

namespace faas::process {

// Runs a program and waits for its end, so it is for short ones. Kills it after
// `timeout`, and returns DEADLINE_EXCEEDED.
absl::StatusOr<ExitStatus> RunToEnd(const SpawnOptions& options,
                                    absl::Duration timeout);

}  // namespace faas::process

#endif  // FAAS_COMMON_PROCESS_RUN_TO_END_H_
