#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_FLOOR_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_FLOOR_H_

#include <cstdint>

#include "absl/status/status.h"

namespace faas::benchmark {

// Serves connections without containers: accepts them and passes each
// descriptor to another process, which answers. Returns only on errors.
absl::Status ServeFloor(uint16_t port);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_FLOOR_H_
