#ifndef FAAS_TESTS_BENCHMARK_CPU_TIME_H_
#define FAAS_TESTS_BENCHMARK_CPU_TIME_H_

#include <sys/types.h>

#include "absl/time/time.h"

namespace faas::benchmark {

// User and system time of all threads of a process, without its children; zero
// if there is no such process.
absl::Duration CpuTimeOf(pid_t pid);

// The same of the children that it has waited for, and theirs. In steps of a
// hundredth of a second.
absl::Duration CpuTimeOfChildren(pid_t pid);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_CPU_TIME_H_
