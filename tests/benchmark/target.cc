#include "tests/benchmark/target.h"

#include <algorithm>

namespace faas::benchmark {

Spread Single(double value) {
  return {.lower = value, .median = value, .upper = value};
}

Spread Relate(
    const Series& a, const Series& b,
    const std::function<double(const Round&, const Round&)>& relation) {
  std::vector<double> values;
  for (size_t i = 0; i < std::min(a.rounds.size(), b.rounds.size()); ++i) {
    values.push_back(relation(a.rounds[i], b.rounds[i]));
  }
  return SpreadOf(values);
}

double Ms(absl::Duration time) { return absl::ToDoubleMilliseconds(time); }

double AddedMs(const Round& a, const Round& b) {
  return Ms(a.MedianTime() - b.MedianTime());
}

double MedianRatio(const Round& a, const Round& b) {
  return absl::FDivDuration(a.MedianTime(), b.MedianTime());
}

double RateRatio(const Round& a, const Round& b) {
  return a.PerSecond() / b.PerSecond();
}

const Series* Find(const std::vector<Series>& all, const std::string& path,
                   int concurrency) {
  for (const Series& series : all) {
    if (series.path == path && series.concurrency == concurrency) {
      return &series;
    }
  }
  return nullptr;
}

}  // namespace faas::benchmark
