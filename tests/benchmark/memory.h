#ifndef FAAS_TESTS_BENCHMARK_MEMORY_H_
#define FAAS_TESTS_BENCHMARK_MEMORY_H_

#include <sys/types.h>

#include <cstdint>

namespace faas::benchmark {

// What a process has in memory, shared pages by their share; 0 if there is no
// such process.
uint64_t PssBytes(pid_t pid);

// The kernel's own: slabs, page tables and kernel stacks of the whole host.
uint64_t KernelBytes();

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_MEMORY_H_
