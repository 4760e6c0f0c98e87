#ifndef FAAS_RUNNERD_WARM_POOL_WARM_TARGET_H_
#define FAAS_RUNNERD_WARM_POOL_WARM_TARGET_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace faas::runnerd {

// A WarmTarget computes how many warm instances a function with `--warm auto`
// should have. It is a pure function of when connections came and how long a
// container takes to start.
//
// A warm instance that is taken is replaced after about the creation time c, so
// there must be as many as connections come within c. The target remembers the
// peak P of arrivals within 2c (some time passes before the lack is noticed),
// and halves it every third of `idle_after`. So a burst that comes again finds
// what the last one needed, and a flood that is over costs memory only for a
// while. The target is
//
//     P + sqrt(P), rounded up, from 1 to max_instances
//
// where the root is the standard deviation of Poisson arrivals with mean P. It
// is 0 once no connection has come for `idle_after`.
class WarmTarget {
 public:
  struct Options {
    absl::Duration idle_after = absl::Seconds(60);
    size_t max_instances = 0;
  };

  explicit WarmTarget(const Options& options) : options_(options) {}

  // A connection has come. Times must not go back.
  void OnArrival(absl::Time now);
  // A container of the function has started within `creation_time`. The target
  // uses a moving average.
  void OnCreated(absl::Duration creation_time);

  // Returns how many warm instances there should be now.
  size_t Get(absl::Time now) const;

 private:
  double Peak(absl::Time now) const;
  void Advance(absl::Time now);
  uint64_t InWindow() const;

  // Arrivals of the last 10 s are counted in buckets of 50 ms. The present
  // bucket is at `head_`.
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
