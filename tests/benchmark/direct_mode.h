#ifndef FAAS_TESTS_BENCHMARK_DIRECT_MODE_H_
#define FAAS_TESTS_BENCHMARK_DIRECT_MODE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/series.h"

namespace faas::benchmark {

struct DirectModeOptions {
  std::string runtime = "runc";
  // Another build's bazel-bin, to be measured as "other"; empty for none.
  std::string other_build;
  ComparisonOptions comparison;
};

// Starts faasd, the harness and the floor on this private host (see
// tests/testing/private_host.h), and compares them. FAILED_PRECONDITION if
// the runtime is not runc and cannot be used on this machine; other errors are
// failures, with the log of the contestant that failed.
absl::StatusOr<std::vector<Series>> MeasureDirectMode(
    const DirectModeOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DIRECT_MODE_H_
