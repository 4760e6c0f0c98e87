#ifndef FAAS_TESTS_BENCHMARK_REPORT_H_
#define FAAS_TESTS_BENCHMARK_REPORT_H_

#include <string>
#include <vector>

#include "tests/benchmark/series.h"
#include "tests/benchmark/target.h"

namespace faas::benchmark {

// A value that stands for itself.
struct Figure {
  std::string what;
  double value = 0;
  std::string unit;
};

// What one part of the benchmark has found.
struct Part {
  std::string name;   // e.g. "direct"
  std::string title;  // what was measured
  std::vector<Series> series;
  std::vector<Figure> figures;
  std::vector<Target> targets;
};

// Tables for people.
std::string TextReport(const std::string& runtime,
                       const std::vector<Part>& parts);

// The same as one JSON object; times in milliseconds, CPU times in
// microseconds per connection.
std::string JsonReport(const std::string& runtime,
                       const std::vector<Part>& parts);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REPORT_H_
