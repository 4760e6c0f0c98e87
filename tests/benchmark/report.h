#ifndef FAAS_TESTS_BENCHMARK_REPORT_H_
#define FAAS_TESTS_BENCHMARK_REPORT_H_

#include <string>
#include <vector>

#include "tests/benchmark/series.h"

namespace faas::benchmark {

// A figure that faasd is to reach against the harness. Each round gives one,
// from two turns that followed each other closely; what counts is the median of
// the rounds, and where the quartiles are far apart the machine was too busy.
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

// Those whose series are there.
std::vector<Target> Targets(const std::vector<Series>& all);

// Tables for people.
std::string TextReport(const std::string& runtime,
                       const std::vector<Series>& all);

// The same as one JSON object; times in milliseconds, CPU times in
// microseconds per connection.
std::string JsonReport(const std::string& runtime,
                       const std::vector<Series>& all);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REPORT_H_
