#ifndef FAAS_TESTS_BENCHMARK_MEMORY_H_
#define FAAS_TESTS_BENCHMARK_MEMORY_H_

#include <sys/types.h>

#include <cstdint>

namespace faas::benchmark {

// Returns the memory of a process, in which a page that n processes share
// counts as 1/n (PSS), or 0 if there is no such process.
uint64_t PssBytes(pid_t pid);

// Returns the memory that the kernel uses for slabs, page tables and kernel
// stacks of the whole host.
uint64_t KernelBytes();

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_MEMORY_H_
