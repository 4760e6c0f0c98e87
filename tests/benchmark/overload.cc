#include <algorithm>
#include <limits>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/load.h"
#include "tests/benchmark/memory.h"
#include "tests/benchmark/open_loop.h"
#include "tests/benchmark/parts.h"

namespace faas::benchmark {
namespace {

constexpr double kOverload = 10;
constexpr int kCalmConnections = 100;
constexpr double kMinServedRatio = 0.9;
constexpr double kMaxRefusalMs = 50;
constexpr double kMaxRecoverySeconds = 2;
// A connection has full speed when it takes at most this many times the median
// without load.
constexpr double kFullSpeed = 2;
constexpr absl::Duration kRecoveryTimeout = absl::Seconds(30);
constexpr double kMaxGrowthMiB = 8;

absl::StatusOr<Series> MeasureCalm(const Contestants& all, int concurrency,
                                   int connections) {
  ASSIGN_OR_RETURN(
      const auto series,
      Compare({all.faasd.get()}, {.rounds = 1,
                                  .connections = connections,
                                  .concurrencies = {concurrency}}));
  return *Find(series, "faasd", concurrency);
}

// Returns how many containers per second can be served. It measures for about a
// third of the time of the load: a shorter measurement would leave part of its
// clean-up to what follows.
absl::StatusOr<double> MeasureCapacity(const Contestants& all,
                                       absl::Duration time) {
  const int stretch = static_cast<int>(
      kCalmConnections * absl::FDivDuration(time, absl::Seconds(3)));
  ASSIGN_OR_RETURN(const Series eight,
                   MeasureCalm(all, 8, std::max(kCalmConnections, stretch)));
  return eight.PerSecond();
}

// Returns how many seconds it takes until a connection has full speed again, or
// kRecoveryTimeout if none has until then.
double AwaitFullSpeed(const Contestant& faasd, double calm_ms) {
  const absl::Time begin = absl::Now();
  while (absl::Now() - begin < kRecoveryTimeout) {
    const absl::Duration before = absl::Now() - begin;
    const auto times = RunLoad(
        {.address = faasd.address(), .port = faasd.port(), .connections = 1});
    if (times.ok() && Ms(times->front()) <= kFullSpeed * calm_ms) {
      return absl::ToDoubleSeconds(before);
    }
  }
  return absl::ToDoubleSeconds(kRecoveryTimeout);
}

double MiB(uint64_t bytes) { return static_cast<double>(bytes) / (1 << 20); }

// Returns infinity if there are no times, so that no limit is met.
double MedianMs(const std::vector<absl::Duration>& times) {
  if (times.empty()) return std::numeric_limits<double>::infinity();
  Round round;
  round.times = times;
  return Ms(round.MedianTime());
}

void AddTargets(const OpenLoopResult& load, double capacity,
                absl::Duration time, Part& part) {
  int errors = 0;
  for (const auto& [how, count] : load.errors) {
    part.figures.push_back({absl::StrCat("ended otherwise: ", how),
                            static_cast<double>(count), ""});
    errors += count;
  }
  part.targets.push_back(
      {.what = "served while it lasts / capacity",
       .value =
           Single(load.served_in_time / absl::ToDoubleSeconds(time) / capacity),
       .limit = kMinServedRatio,
       .at_most = false});
  part.targets.push_back({.what = "time to a 503, median",
                          .unit = "ms",
                          .value = Single(MedianMs(load.refused)),
                          .limit = kMaxRefusalMs});
  part.targets.push_back({.what = "connections that ended otherwise",
                          .value = Single(errors),
                          .limit = 0});
}

}  // namespace

absl::StatusOr<Part> MeasureOverload(const Contestants& all,
                                     const PartOptions& options) {
  const FaasdContestant& faasd = *all.faasd;
  Part part = {
      .name = "overload",
      .title = absl::StrCat("ten times what can be served, for ",
                            absl::FormatDuration(options.overload_time))};
  ASSIGN_OR_RETURN(const Series calm, MeasureCalm(all, 1, kCalmConnections));
  ASSIGN_OR_RETURN(const double capacity_before,
                   MeasureCapacity(all, options.overload_time));
  const auto memory = [&] {
    return PssBytes(faasd.gatewayd()) + PssBytes(faasd.runnerd());
  };
  const uint64_t before = memory();
  ASSIGN_OR_RETURN(const OpenLoopResult load,
                   RunOpenLoop({.address = faasd.address(),
                                .port = faasd.port(),
                                .rate = kOverload * capacity_before,
                                .time = options.overload_time}));
  // RunOpenLoop waits for the last answer, and that time is part of the
  // recovery.
  const double draining =
      absl::ToDoubleSeconds(load.elapsed - options.overload_time);
  const double recovery = AwaitFullSpeed(faasd, Ms(calm.MedianTime()));
  const uint64_t after = memory();
  // The speed of the machine may change during the load. The capacity during
  // the load is taken to be the mean of that before and that after it.
  ASSIGN_OR_RETURN(const double capacity_after,
                   MeasureCapacity(all, options.overload_time));
  const double capacity = (capacity_before + capacity_after) / 2;
  part.figures = {
      {"capacity before: eight clients, direct", capacity_before, "/s"},
      {"capacity after", capacity_after, "/s"},
      {"offered", kOverload * capacity_before, "/s"},
      {"served, in all", static_cast<double>(load.served.size()), ""},
      {"answered 503", static_cast<double>(load.refused.size()), ""},
      {"time of those served, median", MedianMs(load.served), "ms"},
      {"CPU time of the load itself",
       absl::FDivDuration(load.cpu, load.elapsed) * 100, "%"},
      {"gatewayd and runnerd before (PSS)", MiB(before), "MiB"},
      {"gatewayd and runnerd after", MiB(after), "MiB"},
  };
  AddTargets(load, capacity, options.overload_time, part);
  part.targets.push_back({.what = "until full speed after the end",
                          .unit = "s",
                          .value = Single(draining + recovery),
                          .limit = kMaxRecoverySeconds});
  part.targets.push_back(
      {.what = "growth of gatewayd and runnerd",
       .unit = "MiB",
       .value = Single(std::max(0.0, MiB(after) - MiB(before))),
       .limit = kMaxGrowthMiB});
  return part;
}

}  // namespace faas::benchmark
