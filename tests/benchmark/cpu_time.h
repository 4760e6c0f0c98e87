#ifndef FAAS_TESTS_BENCHMARK_CPU_TIME_H_
#define FAAS_TESTS_BENCHMARK_CPU_TIME_H_

#include <sys/types.h>

#include "absl/time/time.h"

namespace faas::benchmark {

// Returns the user and system time of all threads of a process, without its
// children, or zero if there is no such process.
absl::Duration CpuTimeOf(pid_t pid);

// Returns the user and system time of the children that the process has waited
// for, and of their children. The kernel counts in hundredths of a second.
absl::Duration CpuTimeOfChildren(pid_t pid);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_CPU_TIME_H_
