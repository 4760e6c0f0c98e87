#ifndef FAAS_COMMON_PROCESS_RUN_TO_END_H_
#define FAAS_COMMON_PROCESS_RUN_TO_END_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/process/child.h"

namespace faas::process {

// Runs a program to its end, and blocks meanwhile: for short ones. Killed after
// `timeout`: DEADLINE_EXCEEDED.
absl::StatusOr<ExitStatus> RunToEnd(const SpawnOptions& options,
                                    absl::Duration timeout);

}  // namespace faas::process

#endif  // FAAS_COMMON_PROCESS_RUN_TO_END_H_
