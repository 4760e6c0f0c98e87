#ifndef FAAS_RUNNERD_WARM_POOL_WARM_TARGET_H_
#define FAAS_RUNNERD_WARM_POOL_WARM_TARGET_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace faas::runnerd {

// How many spares a function with --warm auto should have: a pure function of
// when connections came and how long a container takes.
//
// A spare that is taken is replaced after about the creation time c, so what
// must be there is what comes within it. The peak P of arrivals within 2c (it
// takes a moment to notice, too) is remembered, and forgotten by half every
// third of `idle_after`: bursts that come again find what the last one needed,
// and a flood that is over is paid for a while only. The target is
//
//     P + sqrt(P), rounded up, from 1 to max_instances
//
// (the root is a deviation of a Poisson arrival with that mean), and 0 once
// nothing has come for `idle_after`.
class WarmTarget {
 public:
  struct Options {
    absl::Duration idle_after = absl::Seconds(60);
    size_t max_instances = 0;
  };

  explicit WarmTarget(const Options& options) : options_(options) {}

  // Times never go back.
  void OnArrival(absl::Time now);
  // Of any container of the function; smoothed.
  void OnCreated(absl::Duration creation_time);

  size_t Get(absl::Time now) const;

 private:
  double Peak(absl::Time now) const;
  void Advance(absl::Time now);
  uint64_t InWindow() const;

  // Arrivals of the last 10 s in buckets of 50 ms, the present one at `head_`.
  static constexpr absl::Duration kBucket = absl::Milliseconds(50);
  static constexpr size_t kBuckets = 200;

  const Options options_;
  double creation_seconds_ = 0.1;  // a guess, until the first is known
  bool creation_known_ = false;
  std::array<uint32_t, kBuckets> buckets_ = {};
  size_t head_ = 0;
  absl::Time head_begin_ = absl::InfinitePast();
  absl::Time last_ = absl::InfinitePast();
  double peak_ = 0;
  absl::Time peak_time_ = absl::InfinitePast();
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_WARM_POOL_WARM_TARGET_H_
