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
  // How many connections each contestant gets in each round, at each
  // concurrency.
  int connections = 0;
  // How many clients there are at the same time.
  std::vector<int> concurrencies = {1, 8};
  // See LoadOptions.
  absl::Duration interval;
};

// Measures the contestants in turns and returns a series for each contestant
// and concurrency. In each round every contestant has one turn, so that a
// machine that becomes slower or busier does so for all of them. Each round has
// a random order, because the kernel does some work of a contestant, such as
// freeing its cgroups and namespaces, while the next one has its turn. Returns
// the error of a connection that failed, with the name of the contestant.
absl::StatusOr<std::vector<Series>> Compare(
    const std::vector<const Contestant*>& contestants,
    const ComparisonOptions& options);

// Waits until nothing is left of earlier connections and all warm instances are
// ready. DEADLINE_EXCEEDED after two minutes.
absl::Status AwaitSettled(const Contestant& contestant);

// Makes a few connections, so that caches are filled and what starts on first
// use has started. An error means that the contestant cannot be measured.
absl::Status WarmUp(const Contestant& contestant);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_COMPARISON_H_
