#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/benchmark/deploy/deploy_comparison.h"
#include "tests/benchmark/series.h"

namespace faas::benchmark {
namespace {

using Durations = std::vector<absl::Duration>;

double Milliseconds(const Durations& times) {
  std::vector<double> values;
  for (const absl::Duration time : times) {
    values.push_back(absl::ToDoubleMilliseconds(time));
  }
  return SpreadOf(values).median;
}

double Phase(const DeploySeries& series, absl::Duration Phases::*phase) {
  Durations times;
  for (const Phases& phases : series.phases) times.push_back(phases.*phase);
  return Milliseconds(times);
}

// Returns the spread of the ratios of the rounds. What slows both down in a
// round does not change its ratio.
Spread Ratio(const Durations& ours, const Durations& theirs) {
  std::vector<double> ratios;
  for (size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) {
    ratios.push_back(absl::FDivDuration(ours[i], theirs[i]));
  }
  return SpreadOf(ratios);
}

std::string Verdict(absl::string_view what, const Spread& ratio) {
  return absl::StrFormat(
      "%-44s %5.2f  (quartiles %.2f, %.2f)  at most 1.00: %s\n", what,
      ratio.median, ratio.lower, ratio.upper,
      ratio.median <= 1 ? "met" : "NOT MET");
}

}  // namespace

std::string DeployReport(const std::vector<DeploySeries>& all) {
  std::string out = absl::StrFormat(
      "faas new, from the start of the command to its end, durable; medians of "
      "%d rounds, ms\n\n%-8s %8s %8s %10s %8s %10s %8s %11s\n",
      all.empty() ? 0 : all[0].deploy.size(), "layers", "MB", "deploy",
      "reference", "second", "sha256sum", "hash", "memory MiB");
  for (const DeploySeries& series : all) {
    absl::StrAppendFormat(
        &out, "%-8s %8.1f %8.0f %10.0f %8.0f %10.0f %8.0f %11.1f\n",
        series.name, static_cast<double>(series.archive_bytes) / 1e6,
        Milliseconds(series.deploy), Milliseconds(series.unpack),
        Milliseconds(series.second), Milliseconds(series.sha256sum),
        Milliseconds(series.hash),
        static_cast<double>(series.memory_bytes) / (1 << 20));
  }
  absl::StrAppendFormat(
      &out,
      "\nwhat each part takes alone, in one process without gRPC, ms\n\n"
      "%-8s %8s %8s %8s %8s %8s\n",
      "layers", "read", "+hash", "+inflate", "+write", "sync");
  for (const DeploySeries& series : all) {
    absl::StrAppendFormat(
        &out, "%-8s %8.0f %8.0f %8.0f %8.0f %8.0f\n", series.name,
        Phase(series, &Phases::read), Phase(series, &Phases::hash),
        Phase(series, &Phases::inspect), Phase(series, &Phases::extract),
        Phase(series, &Phases::sync));
  }
  out += "\n";
  for (const DeploySeries& series : all) {
    out += Verdict(absl::StrCat(series.name, ": deploy / ", series.reference,
                                ", twice, and sync"),
                   Ratio(series.deploy, series.unpack));
    out += Verdict(absl::StrCat(series.name, ": second function / sha256sum"),
                   Ratio(series.second, series.sha256sum));
    out += Verdict(
        absl::StrCat(series.name, ": second function / hash in process"),
        Ratio(series.second, series.hash));
  }
  return out;
}

std::string DeployJson(const std::vector<DeploySeries>& all) {
  nlohmann::json report = nlohmann::json::array();
  for (const DeploySeries& series : all) {
    report.push_back(
        {{"layers", series.name},
         {"archive_bytes", series.archive_bytes},
         {"deploy_ms", Milliseconds(series.deploy)},
         {"reference", series.reference},
         {"reference_ms", Milliseconds(series.unpack)},
         {"second_ms", Milliseconds(series.second)},
         {"sha256sum_ms", Milliseconds(series.sha256sum)},
         {"hash_ms", Milliseconds(series.hash)},
         {"memory_bytes", series.memory_bytes},
         {"deploy_ratio", Ratio(series.deploy, series.unpack).median},
         {"second_sha256sum_ratio",
          Ratio(series.second, series.sha256sum).median},
         {"second_hash_ratio", Ratio(series.second, series.hash).median}});
  }
  return report.dump(2) + "\n";
}

}  // namespace faas::benchmark
