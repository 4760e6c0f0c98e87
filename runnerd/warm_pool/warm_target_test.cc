#include "runnerd/warm_pool/warm_target.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

constexpr absl::Duration kCreation = absl::Milliseconds(50);
constexpr size_t kCreators = 4;
constexpr size_t kMaxInstances = 64;

// The times of arrivals in seconds from the beginning, in order.
using Trace = std::vector<double>;

// Returns a Poisson process whose rate is a function of time.
Trace Poisson(double seconds, const std::function<double(double)>& rate,
              double highest_rate) {
  std::mt19937 random(7);
  std::exponential_distribution<double> gap(highest_rate);
  std::uniform_real_distribution<double> kept(0, highest_rate);
  Trace trace;
  for (double t = gap(random); t < seconds; t += gap(random)) {
    if (kept(random) < rate(t)) trace.push_back(t);
  }
  return trace;
}

Trace Steady() {
  return Poisson(
      120, [](double) { return 30; }, 30);
}

Trace Bursts() {
  Trace trace;
  for (double t = 0; t < 120; t += 10) {
    for (int i = 0; i < 32; ++i) trace.push_back(t + i * 0.0005);
  }
  return trace;
}

// Returns the curve of a day within ten minutes: from nearly nothing to 40
// arrivals a second and back.
Trace Diurnal() {
  return Poisson(
      600, [](double t) { return 20 * (1 - std::cos(t * 2 * M_PI / 600)); },
      40);
}

struct Outcome {
  double hits = 0;     // the share of arrivals that found a warm instance
  double average = 0;  // how many warm instances waited on average
};

// Returns what comes of it if kCreators creators follow `target` every 10 ms.
Outcome Simulate(const Trace& trace,
                 const std::function<size_t(absl::Time)>& target,
                 const std::function<void(absl::Time)>& on_arrival) {
  constexpr double kStep = 0.01;
  size_t ready = 0, hits = 0, next = 0;
  double instance_seconds = 0;
  std::priority_queue<double, std::vector<double>, std::greater<>> in_making;
  for (double t = 0; next < trace.size(); t += kStep) {
    while (!in_making.empty() && in_making.top() <= t) {
      in_making.pop();
      ++ready;
    }
    for (; next < trace.size() && trace[next] <= t; ++next) {
      on_arrival(absl::UnixEpoch() + absl::Seconds(trace[next]));
      if (ready > 0) {
        --ready;
        ++hits;
      }
    }
    const size_t wanted = target(absl::UnixEpoch() + absl::Seconds(t));
    ready = std::min(ready, wanted);
    while (in_making.size() < kCreators && ready + in_making.size() < wanted) {
      in_making.push(t + absl::ToDoubleSeconds(kCreation));
    }
    instance_seconds += ready * kStep;
  }
  return {static_cast<double>(hits) / trace.size(),
          instance_seconds / trace.back()};
}

Outcome Follow(const Trace& trace) {
  WarmTarget target({.max_instances = kMaxInstances});
  target.OnCreated(kCreation);
  return Simulate(
      trace, [&](absl::Time now) { return target.Get(now); },
      [&](absl::Time now) { target.OnArrival(now); });
}

TEST(WarmTargetTest, SteadyArrivalsFindAWarmInstanceAndFewAreKept) {
  const Outcome outcome = Follow(Steady());
  EXPECT_GT(outcome.hits, 0.99);
  // 30 arrivals a second are 3 within 100 ms.
  EXPECT_LT(outcome.average, 16);
}

TEST(WarmTargetTest, BurstsThatComeAgainFindMostOfWhatTheLastOneNeeded) {
  const Outcome outcome = Follow(Bursts());
  EXPECT_GT(outcome.hits, 0.75);
  EXPECT_LT(outcome.average, 40);
}

TEST(WarmTargetTest, ADayIsFollowedUpAndDown) {
  const Outcome outcome = Follow(Diurnal());
  EXPECT_GT(outcome.hits, 0.98);
  EXPECT_LT(outcome.average, 14);
}

// A fixed number of warm instances does not meet the bounds above.
TEST(WarmTargetTest, NeitherNothingNorTheMostMeetsTheBounds) {
  const auto ignore = [](absl::Time) {};
  EXPECT_EQ(Simulate(
                Steady(), [](absl::Time) { return 0; }, ignore)
                .hits,
            0);
  EXPECT_GT(Simulate(
                Diurnal(), [](absl::Time) { return kMaxInstances; }, ignore)
                .average,
            50);
}

TEST(WarmTargetTest, AFloodThatStopsIsPaidForAWhileOnly) {
  WarmTarget target({.max_instances = 1000});
  target.OnCreated(kCreation);
  absl::Time now = absl::UnixEpoch();
  for (int i = 0; i < 5000; ++i) {
    target.OnArrival(now);
    now += absl::Milliseconds(1);
  }
  const size_t in_flood = target.Get(now);
  EXPECT_GE(in_flood, 100);
  EXPECT_LE(in_flood, 130);
  EXPECT_LE(target.Get(now + absl::Seconds(20)), in_flood * 6 / 10);
  EXPECT_LE(target.Get(now + absl::Seconds(40)), in_flood * 4 / 10);
  EXPECT_GE(target.Get(now + absl::Seconds(58)), 1);
  EXPECT_EQ(target.Get(now + absl::Seconds(60)), 0);
}

TEST(WarmTargetTest, NothingAtFirstAndNothingAfterTheIdleTimeToTheMoment) {
  WarmTarget target({.idle_after = absl::Seconds(5), .max_instances = 4});
  absl::Time now = absl::UnixEpoch();
  EXPECT_EQ(target.Get(now), 0);
  target.OnArrival(now);
  EXPECT_GE(target.Get(now), 1);
  EXPECT_GE(target.Get(now + absl::Seconds(5) - absl::Nanoseconds(1)), 1);
  EXPECT_EQ(target.Get(now + absl::Seconds(5)), 0);
  // A connection that comes later counts again.
  now += absl::Hours(1);
  target.OnArrival(now);
  EXPECT_GE(target.Get(now), 1);
}

TEST(WarmTargetTest, NeverMoreThanTheMost) {
  WarmTarget target({.max_instances = 4});
  for (int i = 0; i < 1000; ++i) target.OnArrival(absl::UnixEpoch());
  EXPECT_EQ(target.Get(absl::UnixEpoch()), 4);
}

TEST(WarmTargetTest, SlowContainersNeedMoreWarmInstances) {
  const auto after = [](absl::Duration creation) {
    WarmTarget target({.max_instances = 1000});
    for (int i = 0; i < 50; ++i) target.OnCreated(creation);
    absl::Time now = absl::UnixEpoch();
    for (int i = 0; i < 600; ++i) {
      target.OnArrival(now);
      now += absl::Milliseconds(33);
    }
    return target.Get(now);
  };
  EXPECT_LT(after(absl::Milliseconds(20)), 8);
  EXPECT_GT(after(absl::Seconds(1)), 50);
  EXPECT_LT(after(absl::Seconds(1)), 80);
}

}  // namespace
}  // namespace faas::runnerd
