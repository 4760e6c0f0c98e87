#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_REFERENCE_LISTENER_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_REFERENCE_LISTENER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::benchmark {

// Returns a blocking TCP listener on 127.0.0.1.
absl::StatusOr<base::UniqueFd> Listen(uint16_t port);

// Waits for a connection and accepts it.
absl::StatusOr<base::UniqueFd> Accept(int listener);

// Tells run_path that connections can be made.
void SayReady();

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_REFERENCE_LISTENER_H_
