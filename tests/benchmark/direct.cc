#include "common/base/status_macros.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/parts.h"

namespace faas::benchmark {
namespace {

constexpr double kMaxAddedMs = 0.7;
constexpr double kMaxProfileMs = 4;
constexpr double kMinRateRatio = 0.97;
constexpr double kMaxPlatformUs = 150;

// Returns the CPU time, in microseconds for each connection of one round, that
// `gateway` and `runner` have used together. `runner` is "" for the harness,
// which is one process.
double PlatformUs(const Round& round, const char* gateway, const char* runner) {
  const auto of = [&](const char* who) {
    const auto it = round.cpu.find(who);
    return it == round.cpu.end() ? absl::ZeroDuration() : it->second;
  };
  return absl::ToDoubleMicroseconds(of(gateway) + of(runner)) /
         static_cast<double>(round.times.size());
}

}  // namespace

absl::StatusOr<Part> MeasureDirect(const Contestants& all,
                                   const PartOptions& options) {
  Part part = {.name = "direct",
               .title = "one container by the runtime for each connection"};
  std::vector<const Contestant*> contestants = {
      all.faasd.get(), all.harness.get(), all.plain_harness.get(),
      all.floor.get()};
  if (all.other != nullptr) contestants.push_back(all.other.get());
  ASSIGN_OR_RETURN(part.series,
                   Compare(contestants, {.rounds = options.rounds,
                                         .connections = options.connections}));
  const Series& faasd = *Find(part.series, "faasd", 1);
  const Series& harness = *Find(part.series, "harness", 1);
  part.targets.push_back({.what = "median of one client, faasd - harness",
                          .unit = "ms",
                          .value = Relate(faasd, harness, AddedMs),
                          .limit = kMaxAddedMs});
  const Series& plain = *Find(part.series, "plain-harness", 1);
  part.targets.push_back(
      {.what = "the profile: harness - plain-harness, one client",
       .unit = "ms",
       .value = Relate(harness, plain, AddedMs),
       .limit = kMaxProfileMs});
  part.targets.push_back(
      {.what = "containers/s with eight, faasd / harness",
       .value = Relate(*Find(part.series, "faasd", 8),
                       *Find(part.series, "harness", 8), RateRatio),
       .limit = kMinRateRatio,
       .at_most = false});
  part.targets.push_back(
      {.what = "CPU time of gatewayd and runnerd for a connection",
       .unit = "us",
       .value = Relate(faasd, faasd,
                       [](const Round& round, const Round&) {
                         return PlatformUs(round, "gatewayd", "runnerd");
                       }),
       .limit = kMaxPlatformUs});
  part.targets.push_back({.what = "the same, beyond what the harness needs",
                          .unit = "us",
                          .value = Relate(faasd, harness,
                                          [](const Round& a, const Round& b) {
                                            return PlatformUs(a, "gatewayd",
                                                              "runnerd") -
                                                   PlatformUs(b, "harness", "");
                                          }),
                          .limit = kMaxPlatformUs});
  return part;
}

}  // namespace faas::benchmark
