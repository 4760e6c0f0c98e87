#ifndef FAAS_TESTS_BENCHMARK_SERIES_H_
#define FAAS_TESTS_BENCHMARK_SERIES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/benchmark/contestant.h"

namespace faas::benchmark {

// The times of one turn of a contestant, including the clean-up after it.
struct Round {
  // The time of each connection.
  std::vector<absl::Duration> times;
  // From the first connect until nothing was left of the connections.
  absl::Duration elapsed;
  // The CPU time of the whole round.
  CpuTimes cpu;

  absl::Duration MedianTime() const;
  double PerSecond() const;
};

// All rounds of one contestant at one concurrency.
struct Series {
  std::string path;
  int concurrency = 0;
  std::vector<Round> rounds;

  // These three are over all connections of all rounds.
  int connections() const;
  absl::Duration MedianTime() const;
  absl::Duration P99Time() const;
  // Returns the median of the rounds' values.
  double PerSecond() const;
  // Returns the CPU time per connection.
  CpuTimes Cpu() const;
};

// The median of some values and their quartiles.
struct Spread {
  double lower = 0;
  double median = 0;
  double upper = 0;
};
Spread SpreadOf(const std::vector<double>& values);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_SERIES_H_
