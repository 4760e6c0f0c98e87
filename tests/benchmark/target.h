#ifndef FAAS_TESTS_BENCHMARK_TARGET_H_
#define FAAS_TESTS_BENCHMARK_TARGET_H_

#include <functional>
#include <string>
#include <vector>

#include "tests/benchmark/series.h"

namespace faas::benchmark {

// A value that faasd is to reach. If it compares faasd with a reference, each
// round gives a value, from two turns that were close to each other, and the
// median of the rounds counts. If the quartiles are far apart, the machine was
// too busy.
struct Target {
  std::string what;
  std::string unit;
  Spread value;
  double limit = 0;
  // Whether the value must be at most or at least `limit`.
  bool at_most = true;

  bool Met() const {
    return at_most ? value.median <= limit : value.median >= limit;
  }
};

// Returns the spread of a value that was measured once.
Spread Single(double value);

// Returns the spread of `relation` over the rounds that both series have.
Spread Relate(
    const Series& a, const Series& b,
    const std::function<double(const Round&, const Round&)>& relation);

// Relations of two rounds: AddedMs is in milliseconds, the ratios have no unit.
double AddedMs(const Round& a, const Round& b);
double MedianRatio(const Round& a, const Round& b);
double RateRatio(const Round& a, const Round& b);

double Ms(absl::Duration time);

// Returns the series with this path and concurrency, or null.
const Series* Find(const std::vector<Series>& all, const std::string& path,
                   int concurrency);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_TARGET_H_
