#ifndef FAAS_TESTS_BENCHMARK_COMPARISON_H_
#define FAAS_TESTS_BENCHMARK_COMPARISON_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/benchmark/contestant.h"
#include "tests/benchmark/series.h"

namespace faas::benchmark {

struct ComparisonOptions {
  int rounds = 0;
  // In each round, of each contestant, at each concurrency.
  int connections = 0;
  std::vector<int> concurrencies = {1, 8};
  absl::Duration interval;  // see LoadOptions
};

// Measures the contestants in turns: in each round each has one, so that a
// machine that gets slower or busier is so for all; the order is drawn for each
// round, for the kernel still does some of a contestant's work (it frees
// cgroups and namespaces) while the next has its turn. One series for each
// contestant and concurrency; the error is that of a connection that failed.
absl::StatusOr<std::vector<Series>> Compare(
    const std::vector<const Contestant*>& contestants,
    const ComparisonOptions& options);

// Waits until nothing is left of earlier connections, and all warm instances
// are ready.
absl::Status AwaitSettled(const Contestant& contestant);

// A few connections, so that caches are filled and what is started on first
// use runs. An error says that the contestant cannot be measured.
absl::Status WarmUp(const Contestant& contestant);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_COMPARISON_H_
