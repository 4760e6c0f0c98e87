#ifndef FAAS_TESTS_SECURITY_PROCESS_MEMORY_H_
#define FAAS_TESTS_SECURITY_PROCESS_MEMORY_H_

#include <sys/types.h>

#include <cstdint>

#include "absl/status/statusor.h"

namespace faas::testing {

// A MemoryWatch tells how much the peak of a process's resident memory grows.
class MemoryWatch {
 public:
  // Begins with the memory that the process has now.
  static absl::StatusOr<MemoryWatch> Begin(pid_t pid);

  // Returns the bytes between the beginning and the peak since then.
  absl::StatusOr<int64_t> PeakGrowth() const;

 private:
  MemoryWatch(pid_t pid, int64_t bytes) : pid_(pid), begin_bytes_(bytes) {}

  pid_t pid_;
  int64_t begin_bytes_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_SECURITY_PROCESS_MEMORY_H_
