#ifndef FAAS_TESTS_BENCHMARK_SERIES_H_
#define FAAS_TESTS_BENCHMARK_SERIES_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/benchmark/contestant.h"

namespace faas::benchmark {

// One load on one contestant, with the clean-up after it.
struct Round {
  std::vector<absl::Duration> times;
  // From the first connect until nothing was left.
  absl::Duration elapsed;
  // Of the whole round.
  CpuTimes cpu;

  absl::Duration MedianTime() const;
  double PerSecond() const;
};

// All rounds of one contestant at one concurrency.
struct Series {
  std::string path;
  int concurrency = 0;
  std::vector<Round> rounds;

  // Over all connections of all rounds.
  int connections() const;
  absl::Duration MedianTime() const;
  absl::Duration P99Time() const;
  // The median of the rounds.
  double PerSecond() const;
  // Per connection.
  CpuTimes Cpu() const;
};

// The middle of some values, and the quartiles around it.
struct Spread {
  double lower = 0;
  double median = 0;
  double upper = 0;
};
Spread SpreadOf(const std::vector<double>& values);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_SERIES_H_
