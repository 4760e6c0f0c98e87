#ifndef FAAS_TESTS_SECURITY_PROCESS_MEMORY_H_
#define FAAS_TESTS_SECURITY_PROCESS_MEMORY_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"

namespace faas::testing {

// How much a process's resident memory grows at its peak.
class MemoryWatch {
 public:
  // Begins at what it has now.
  static absl::StatusOr<MemoryWatch> Begin(pid_t pid);

  // Bytes between the beginning and the highest that it has had since.
  absl::StatusOr<int64_t> PeakGrowth() const;

 private:
  MemoryWatch(pid_t pid, int64_t bytes) : pid_(pid), begin_bytes_(bytes) {}

  pid_t pid_;
  int64_t begin_bytes_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_PROCESS_MEMORY_H_
