#include "runnerd/warm_pool/warm_target.h"

#include <algorithm>
#include <cmath>

namespace faas::runnerd {
namespace {

// The weight of a new creation time in the moving average.
constexpr double kSmoothing = 0.2;
// How often the remembered peak is halved within `idle_after`.
constexpr double kHalvings = 3;

}  // namespace

void WarmTarget::OnCreated(absl::Duration creation_time) {
  const double seconds = absl::ToDoubleSeconds(creation_time);
  creation_seconds_ += creation_known_
                           ? kSmoothing * (seconds - creation_seconds_)
                           : seconds - creation_seconds_;
  creation_known_ = true;
}

// Makes the bucket of `now` the head. The buckets in between stay empty.
void WarmTarget::Advance(absl::Time now) {
  if (head_begin_ == absl::InfinitePast() ||
      now - head_begin_ >= kBuckets * kBucket) {
    buckets_.fill(0);
    head_begin_ = now;
    return;
  }
  while (now - head_begin_ >= kBucket) {
    head_ = (head_ + 1) % kBuckets;
    buckets_[head_] = 0;
    head_begin_ += kBucket;
  }
}

uint64_t WarmTarget::InWindow() const {
  const double window = 2 * creation_seconds_ / absl::ToDoubleSeconds(kBucket);
  const size_t buckets =
      std::clamp<size_t>(static_cast<size_t>(std::ceil(window)), 1, kBuckets);
  uint64_t count = 0;
  for (size_t i = 0; i < buckets; ++i) {
    count += buckets_[(head_ + kBuckets - i) % kBuckets];
  }
  return count;
}

double WarmTarget::Peak(absl::Time now) const {
  const double age = absl::FDivDuration(now - peak_time_, options_.idle_after);
  return peak_ * std::exp2(-kHalvings * age);
}

void WarmTarget::OnArrival(absl::Time now) {
  Advance(now);
  ++buckets_[head_];
  last_ = now;
  const double count = static_cast<double>(InWindow());
  if (peak_ == 0 || count >= Peak(now)) {
    peak_ = count;
    peak_time_ = now;
  }
}

size_t WarmTarget::Get(absl::Time now) const {
  if (last_ == absl::InfinitePast() || now - last_ >= options_.idle_after) {
    return 0;
  }
  const double peak = Peak(now);
  const double wanted = std::max(1.0, std::ceil(peak + std::sqrt(peak)));
  return static_cast<size_t>(
      std::min(wanted, static_cast<double>(options_.max_instances)));
}

}  // namespace faas::runnerd
