#include "tests/benchmark/comparison.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "tests/benchmark/load.h"

namespace faas::benchmark {
namespace {

// How often AwaitSettled looks. The first interval is short compared with the
// clean-up of a container, whose end is what is measured. The intervals become
// longer, because looking takes processor time too.
constexpr absl::Duration kFirstInterval = absl::Microseconds(500);
constexpr absl::Duration kLongestInterval = absl::Milliseconds(20);
// Long, because hundreds of warm instances take a while to start.
constexpr absl::Duration kSettledTimeout = absl::Minutes(2);
constexpr int kWarmUpConnections = 8;
constexpr int kWarmUpConcurrency = 4;

absl::StatusOr<Round> TakeTurn(const Contestant& contestant, int connections,
                               int concurrency, absl::Duration interval) {
  const CpuTimes before = contestant.CpuTimesSoFar();
  const absl::Time begin = absl::Now();
  Round round;
  ASSIGN_OR_RETURN(round.times, RunLoad({.address = contestant.address(),
                                         .port = contestant.port(),
                                         .connections = connections,
                                         .concurrency = concurrency,
                                         .interval = interval}));
  RETURN_IF_ERROR(AwaitSettled(contestant));
  round.elapsed = absl::Now() - begin;
  round.cpu = contestant.CpuTimesSoFar();
  for (auto& [who, time] : round.cpu) time -= before.at(who);
  return round;
}

absl::Status OfContestant(const absl::Status& status,
                          const Contestant& contestant) {
  return absl::Status(status.code(),
                      absl::StrCat(contestant.name(), ": ", status.message()));
}

}  // namespace

absl::Status AwaitSettled(const Contestant& contestant) {
  const absl::Time deadline = absl::Now() + kSettledTimeout;
  absl::Duration interval = kFirstInterval;
  while (!contestant.Settled()) {
    if (absl::Now() > deadline) {
      return absl::DeadlineExceededError("something is left of containers");
    }
    absl::SleepFor(interval);
    interval = std::min(interval * 1.1, kLongestInterval);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Series>> Compare(
    const std::vector<const Contestant*>& contestants,
    const ComparisonOptions& options) {
  std::vector<Series> all;
  std::mt19937 random;  // Every run has the same orders.
  for (const int concurrency : options.concurrencies) {
    std::vector<Series> series(contestants.size());
    for (size_t i = 0; i < contestants.size(); ++i) {
      series[i].path = contestants[i]->name();
      series[i].concurrency = concurrency;
    }
    std::vector<size_t> order(contestants.size());
    std::iota(order.begin(), order.end(), 0);
    for (int round = 0; round < options.rounds; ++round) {
      std::shuffle(order.begin(), order.end(), random);
      for (const size_t i : order) {
        absl::StatusOr<Round> result =
            TakeTurn(*contestants[i], options.connections, concurrency,
                     options.interval);
        if (!result.ok()) return OfContestant(result.status(), *contestants[i]);
        series[i].rounds.push_back(*std::move(result));
      }
    }
    std::move(series.begin(), series.end(), std::back_inserter(all));
  }
  return all;
}

absl::Status WarmUp(const Contestant& contestant) {
  return OfContestant(TakeTurn(contestant, kWarmUpConnections,
                               kWarmUpConcurrency, absl::ZeroDuration())
                          .status(),
                      contestant);
}

}  // namespace faas::benchmark
