#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_FLOOR_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_FLOOR_H_

#include <cstdint>

#include "absl/status/status.h"

namespace faas::benchmark {

// What is left of the path without containers: accepts, passes the descriptor
// to a process that waits for it, and that answers. Returns only on errors.
absl::Status ServeFloor(uint16_t port);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_FLOOR_H_
