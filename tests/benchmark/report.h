#ifndef FAAS_TESTS_BENCHMARK_REPORT_H_
#define FAAS_TESTS_BENCHMARK_REPORT_H_

#include <string>
#include <vector>

#include "tests/benchmark/series.h"
#include "tests/benchmark/target.h"

namespace faas::benchmark {

// A value that has no target.
struct Figure {
  std::string what;
  double value = 0;
  std::string unit;
};

// The results of one part of the benchmark.
struct Part {
  std::string name;   // Such as "direct".
  std::string title;  // Says what was measured.
  std::vector<Series> series;
  std::vector<Figure> figures;
  std::vector<Target> targets;
};

// Returns tables for people.
std::string TextReport(const std::string& runtime,
                       const std::vector<Part>& parts);

// Returns the results as one JSON object. Times are in milliseconds, CPU times
// in microseconds per connection.
std::string JsonReport(const std::string& runtime,
                       const std::vector<Part>& parts);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REPORT_H_
