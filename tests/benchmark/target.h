#ifndef FAAS_TESTS_BENCHMARK_TARGET_H_
#define FAAS_TESTS_BENCHMARK_TARGET_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/benchmark/series.h"

namespace faas::benchmark {

// A figure that faasd is to reach. Where it is against a reference, each round
// gives one, from two turns that followed each other closely; what counts is
// the median of the rounds, and where the quartiles are far apart the machine
// was too busy.
struct Target {
  std::string what;
  std::string unit;
  Spread value;
  double limit = 0;
  // Whether `limit` is the most or the least that is wanted.
  bool at_most = true;

  bool Met() const {
    return at_most ? value.median <= limit : value.median >= limit;
  }
};

// A value of which there is only one.
Spread Single(double value);

// `relation` of each round that both have.
Spread Relate(
    const Series& a, const Series& b,
    const std::function<double(const Round&, const Round&)>& relation);

// In milliseconds; without a unit.
double AddedMs(const Round& a, const Round& b);
double MedianRatio(const Round& a, const Round& b);
double RateRatio(const Round& a, const Round& b);

double Ms(absl::Duration time);

// The series of that path, or null.
const Series* Find(const std::vector<Series>& all, const std::string& path,
                   int concurrency);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_TARGET_H_
