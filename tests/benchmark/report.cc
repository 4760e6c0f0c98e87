#include "tests/benchmark/report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace faas::benchmark {
namespace {

using nlohmann::json;

// Issue "Deploy an image and curl it", Evidence.
constexpr double kMaxAddedMs = 1.0;
constexpr double kMinRateRatio = 0.95;

const Series* Find(const std::vector<Series>& all, const std::string& path,
                   int concurrency) {
  for (const Series& series : all) {
    if (series.path == path && series.concurrency == concurrency) {
      return &series;
    }
  }
  return nullptr;
}

double Ms(absl::Duration time) { return absl::ToDoubleMilliseconds(time); }

// Of each round that both have.
template <typename Relation>
Spread Relate(const Series& a, const Series& b, Relation relation) {
  std::vector<double> values;
  for (size_t i = 0; i < std::min(a.rounds.size(), b.rounds.size()); ++i) {
    values.push_back(relation(a.rounds[i], b.rounds[i]));
  }
  return SpreadOf(values);
}

double AddedMs(const Round& a, const Round& b) {
  return Ms(a.MedianTime() - b.MedianTime());
}

double RateRatio(const Round& a, const Round& b) {
  return a.PerSecond() / b.PerSecond();
}

}  // namespace

std::vector<Target> Targets(const std::vector<Series>& all) {
  std::vector<Target> targets;
  const Series* faasd = Find(all, "faasd", 1);
  const Series* harness = Find(all, "harness", 1);
  if (faasd != nullptr && harness != nullptr) {
    targets.push_back({.what = "median at concurrency 1, faasd - harness",
                       .unit = "ms",
                       .value = Relate(*faasd, *harness, AddedMs),
                       .limit = kMaxAddedMs});
  }
  faasd = Find(all, "faasd", 8);
  harness = Find(all, "harness", 8);
  if (faasd != nullptr && harness != nullptr) {
    targets.push_back({.what = "containers/s at concurrency 8, faasd / harness",
                       .value = Relate(*faasd, *harness, RateRatio),
                       .limit = kMinRateRatio,
                       .at_most = false});
  }
  return targets;
}

std::string TextReport(const std::string& runtime,
                       const std::vector<Series>& all) {
  std::string text = absl::StrFormat(
      "client connect to end of answer, one container by %s per connection\n\n"
      "%-10s %11s %6s %10s %8s %10s   %s\n",
      runtime, "path", "concurrency", "n", "median ms", "p99 ms", "per second",
      "CPU us per connection");
  for (const Series& series : all) {
    absl::StrAppendFormat(&text, "%-10s %11d %6d %10.3f %8.3f %10.1f  ",
                          series.path, series.concurrency, series.connections(),
                          Ms(series.MedianTime()), Ms(series.P99Time()),
                          series.PerSecond());
    for (const auto& [who, time] : series.Cpu()) {
      absl::StrAppendFormat(&text, " %s %.0f", who,
                            absl::ToDoubleMicroseconds(time));
    }
    text += "\n";
  }
  text += "\n";
  for (const Target& target : Targets(all)) {
    absl::StrAppendFormat(
        &text, "%-46s %6.3f %-2s (quartiles %.3f, %.3f)  at %s %.2f: %s\n",
        target.what, target.value.median, target.unit, target.value.lower,
        target.value.upper, target.at_most ? "most" : "least", target.limit,
        target.Met() ? "met" : "NOT MET");
  }
  return text;
}

std::string JsonReport(const std::string& runtime,
                       const std::vector<Series>& all) {
  json paths = json::array();
  for (const Series& series : all) {
    json cpu = json::object();
    for (const auto& [who, time] : series.Cpu()) {
      cpu[who] = absl::ToDoubleMicroseconds(time);
    }
    paths.push_back({{"path", series.path},
                     {"concurrency", series.concurrency},
                     {"connections", series.connections()},
                     {"median_ms", Ms(series.MedianTime())},
                     {"p99_ms", Ms(series.P99Time())},
                     {"per_second", series.PerSecond()},
                     {"cpu_us_per_connection", std::move(cpu)}});
  }
  json targets = json::array();
  for (const Target& target : Targets(all)) {
    targets.push_back({{"what", target.what},
                       {"unit", target.unit},
                       {"value", target.value.median},
                       {"quartiles", {target.value.lower, target.value.upper}},
                       {target.at_most ? "at_most" : "at_least", target.limit},
                       {"met", target.Met()}});
  }
  const json report = {{"runtime", runtime},
                       {"paths", std::move(paths)},
                       {"targets", std::move(targets)}};
  return report.dump(2) + "\n";
}

}  // namespace faas::benchmark
