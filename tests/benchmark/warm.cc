#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/parts.h"

namespace faas::benchmark {
namespace {

constexpr absl::Duration kInterval = absl::Microseconds(33'333);
constexpr double kMaxMedianMs = 0.45;
constexpr double kMaxP99Ms = 2.5;
constexpr double kMaxMedianRatio = 1.3;
constexpr double kMaxBurstMs = 1;
constexpr double kMinSaturatedRatio = 0.95;

absl::StatusOr<std::vector<Series>> CompareWarm(
    const Contestants& all, const std::vector<const Contestant*>& others,
    const ComparisonOptions& options) {
  RETURN_IF_ERROR(all.faasd->SetWarmInstances(all.warm_instances));
  const auto cold = absl::MakeCleanup(
      [&] { static_cast<void>(all.faasd->SetWarmInstances(0)); });
  RETURN_IF_ERROR(AwaitSettled(*all.faasd));
  std::vector<const Contestant*> contestants = {all.faasd.get()};
  contestants.insert(contestants.end(), others.begin(), others.end());
  return Compare(contestants, options);
}

}  // namespace

absl::StatusOr<Part> MeasureWarm(const Contestants& all,
                                 const PartOptions& options) {
  Part part = {.name = "warm",
               .title = absl::StrCat(
                   all.warm_instances,
                   " warm instances, one client, 30 connections a second")};
  ASSIGN_OR_RETURN(part.series,
                   CompareWarm(all, {all.warm_harness.get(), all.floor.get()},
                               {.rounds = options.rounds,
                                .connections = options.connections,
                                .concurrencies = {1},
                                .interval = kInterval}));
  const Series& faasd = *Find(part.series, "faasd", 1);
  part.targets.push_back({.what = "median",
                          .unit = "ms",
                          .value = Single(Ms(faasd.MedianTime())),
                          .limit = kMaxMedianMs});
  part.targets.push_back({.what = "p99",
                          .unit = "ms",
                          .value = Single(Ms(faasd.P99Time())),
                          .limit = kMaxP99Ms});
  part.targets.push_back(
      {.what = "median, faasd / warm harness",
       .value =
           Relate(faasd, *Find(part.series, "warm-harness", 1), MedianRatio),
       .limit = kMaxMedianRatio});
  return part;
}

absl::StatusOr<Part> MeasureBurst(const Contestants& all,
                                  const PartOptions& options) {
  Part part = {
      .name = "burst",
      .title = absl::StrCat(
          all.warm_instances,
          " warm instances, one client, half as many connections in a row")};
  ASSIGN_OR_RETURN(part.series,
                   CompareWarm(all, {all.warm_harness.get(), all.floor.get()},
                               {.rounds = options.rounds,
                                .connections = all.warm_instances / 2,
                                .concurrencies = {1}}));
  const Series& faasd = *Find(part.series, "faasd", 1);
  part.targets.push_back({.what = "median of a burst",
                          .unit = "ms",
                          .value = Single(Ms(faasd.MedianTime())),
                          .limit = kMaxBurstMs});
  return part;
}

absl::StatusOr<Part> MeasureSaturated(const Contestants& all,
                                      const PartOptions& options) {
  Part part = {.name = "saturated",
               .title =
                   "eight clients as fast as they can; a turn ends when "
                   "all warm instances are there again"};
  ComparisonOptions comparison = {.rounds = options.rounds,
                                  .connections = 2 * all.warm_instances,
                                  .concurrencies = {8}};
  ASSIGN_OR_RETURN(part.series,
                   CompareWarm(all, {all.harness.get()}, comparison));
  const Series& faasd = *Find(part.series, "faasd", 8);
  part.targets.push_back(
      {.what = "connections/s, faasd warm / containers/s of harness",
       .value = Relate(faasd, *Find(part.series, "harness", 8), RateRatio),
       .limit = kMinSaturatedRatio,
       .at_most = false});
  return part;
}

}  // namespace faas::benchmark
