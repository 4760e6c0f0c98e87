#include "tests/benchmark/series.h"

#include <algorithm>
#include <cmath>

namespace faas::benchmark {
namespace {

// Returns a quantile by the nearest rank. `values` must not be empty.
template <typename T>
T Quantile(std::vector<T> values, double quantile) {
  const size_t rank = std::max<size_t>(1, std::ceil(quantile * values.size()));
  std::nth_element(values.begin(), values.begin() + rank - 1, values.end());
  return values[rank - 1];
}

std::vector<absl::Duration> AllTimes(const Series& series) {
  std::vector<absl::Duration> times;
  for (const Round& round : series.rounds) {
    times.insert(times.end(), round.times.begin(), round.times.end());
  }
  return times;
}

}  // namespace

absl::Duration Round::MedianTime() const { return Quantile(times, 0.5); }

double Round::PerSecond() const {
  return times.size() / absl::ToDoubleSeconds(elapsed);
}

Spread SpreadOf(const std::vector<double>& values) {
  return {.lower = Quantile(values, 0.25),
          .median = Quantile(values, 0.5),
          .upper = Quantile(values, 0.75)};
}

int Series::connections() const {
  return static_cast<int>(AllTimes(*this).size());
}

absl::Duration Series::MedianTime() const {
  return Quantile(AllTimes(*this), 0.5);
}

absl::Duration Series::P99Time() const {
  return Quantile(AllTimes(*this), 0.99);
}

double Series::PerSecond() const {
  std::vector<double> rates;
  for (const Round& round : rounds) {
    rates.push_back(round.PerSecond());
  }
  return Quantile(std::move(rates), 0.5);
}

CpuTimes Series::Cpu() const {
  CpuTimes result;
  for (const Round& round : rounds) {
    for (const auto& [who, time] : round.cpu) {
      result[who] += time / connections();
    }
  }
  return result;
}

}  // namespace faas::benchmark
