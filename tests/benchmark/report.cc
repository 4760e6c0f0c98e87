#include "tests/benchmark/report.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace faas::benchmark {
namespace {

using nlohmann::json;

std::string Table(const std::vector<Series>& all) {
  std::string text = absl::StrFormat(
      "%-12s %11s %6s %10s %8s %10s   %s\n", "path", "concurrency", "n",
      "median ms", "p99 ms", "per second", "CPU us per connection");
  for (const Series& series : all) {
    absl::StrAppendFormat(&text, "%-12s %11d %6d %10.3f %8.3f %10.1f  ",
                          series.path, series.concurrency, series.connections(),
                          Ms(series.MedianTime()), Ms(series.P99Time()),
                          series.PerSecond());
    for (const auto& [who, time] : series.Cpu()) {
      absl::StrAppendFormat(&text, " %s %.0f", who,
                            absl::ToDoubleMicroseconds(time));
    }
    text += "\n";
  }
  return text;
}

std::string TextOf(const Part& part) {
  std::string text = absl::StrCat(part.name, ": ", part.title, "\n\n");
  if (!part.series.empty()) absl::StrAppend(&text, Table(part.series), "\n");
  for (const Figure& figure : part.figures) {
    absl::StrAppendFormat(&text, "%-58s %9.3f %s\n", figure.what, figure.value,
                          figure.unit);
  }
  if (!part.figures.empty()) text += "\n";
  for (const Target& target : part.targets) {
    absl::StrAppendFormat(
        &text, "%-58s %9.3f %-3s (quartiles %.3f, %.3f)  at %s %g: %s\n",
        target.what, target.value.median, target.unit, target.value.lower,
        target.value.upper, target.at_most ? "most" : "least", target.limit,
        target.Met() ? "met" : "NOT MET");
  }
  return text + "\n";
}

json JsonOf(const Series& series) {
  json cpu = json::object();
  for (const auto& [who, time] : series.Cpu()) {
    cpu[who] = absl::ToDoubleMicroseconds(time);
  }
  return {{"path", series.path},
          {"concurrency", series.concurrency},
          {"connections", series.connections()},
          {"median_ms", Ms(series.MedianTime())},
          {"p99_ms", Ms(series.P99Time())},
          {"per_second", series.PerSecond()},
          {"cpu_us_per_connection", std::move(cpu)}};
}

json JsonOf(const Target& target) {
  return {{"what", target.what},
          {"unit", target.unit},
          {"value", target.value.median},
          {"quartiles", {target.value.lower, target.value.upper}},
          {target.at_most ? "at_most" : "at_least", target.limit},
          {"met", target.Met()}};
}

json JsonOf(const Part& part) {
  json result = {{"part", part.name},
                 {"title", part.title},
                 {"paths", json::array()},
                 {"figures", json::array()},
                 {"targets", json::array()}};
  for (const Series& series : part.series) {
    result["paths"].push_back(JsonOf(series));
  }
  for (const Figure& figure : part.figures) {
    result["figures"].push_back({{"what", figure.what},
                                 {"value", figure.value},
                                 {"unit", figure.unit}});
  }
  for (const Target& target : part.targets) {
    result["targets"].push_back(JsonOf(target));
  }
  return result;
}

}  // namespace

std::string TextReport(const std::string& runtime,
                       const std::vector<Part>& parts) {
  std::string text =
      absl::StrCat("The runtime is ", runtime,
                   ". Times are from the client's connect to the end of the "
                   "answer.\n\n");
  for (const Part& part : parts) text += TextOf(part);
  return text;
}

std::string JsonReport(const std::string& runtime,
                       const std::vector<Part>& parts) {
  json all = json::array();
  for (const Part& part : parts) all.push_back(JsonOf(part));
  return json({{"runtime", runtime}, {"parts", std::move(all)}}).dump(2) + "\n";
}

}  // namespace faas::benchmark
