#include "runnerd/warm_pool/spare_pool.h"

#include <algorithm>

namespace faas::runnerd {
namespace {

template <typename Pool, typename Matches>
auto FindIf(Pool& pool, Matches matches) {
  return std::find_if(pool.begin(), pool.end(), matches);
}

}  // namespace

void SparePool::SetPolicy(const Policy& policy) {
  const bool same = policy.automatic == policy_.automatic &&
                    policy.idle_after == policy_.idle_after &&
                    policy.max_spares == policy_.max_spares;
  policy_ = policy;
  // What was learned stays as long as it may.
  if (!policy.automatic) {
    target_.reset();
  } else if (!same || !target_.has_value()) {
    target_.emplace(WarmTarget::Options{.idle_after = policy.idle_after,
                                        .max_spares = policy.max_spares});
  }
}

void SparePool::OnArrival(absl::Time now) {
  if (target_.has_value()) target_->OnArrival(now);
}

void SparePool::OnCreated(absl::Duration creation_time) {
  if (target_.has_value()) target_->OnCreated(creation_time);
}

void SparePool::SetReady(Instance* instance, uint64_t memory_bytes) {
  Remove(instance);
  ready_.push_back({instance, memory_bytes});
  memory_bytes_ += memory_bytes;
  // Of one function they are alike; the latest says it best.
  expected_bytes_ = memory_bytes;
}

bool SparePool::Remove(Instance* instance) {
  const auto starting = std::find(starting_.begin(), starting_.end(), instance);
  if (starting != starting_.end()) {
    starting_.erase(starting);
    return true;
  }
  const auto ready = FindIf(
      ready_, [&](const Ready& spare) { return spare.instance == instance; });
  if (ready == ready_.end()) return false;
  memory_bytes_ -= ready->memory_bytes;
  ready_.erase(ready);
  return true;
}

void SparePool::OnFailure(absl::Time now) {
  absl::Duration pause = kFirstSparePause;
  for (int i = 0; i < failures_ && pause < kLongestSparePause; ++i) pause *= 2;
  not_before_ = now + std::min(pause, kLongestSparePause);
  ++failures_;
}

Instance* SparePool::Claim(const Revision* revision) {
  const auto ready = FindIf(ready_, [&](const Ready& spare) {
    return spare.instance->revision() == revision;
  });
  const auto starting = FindIf(starting_, [&](const Instance* instance) {
    return instance->revision() == revision;
  });
  Instance* instance = nullptr;
  if (ready != ready_.end()) {
    instance = ready->instance;
    failures_ = 0;
  } else if (starting != starting_.end()) {
    instance = *starting;
  }
  Remove(instance);
  return instance;
}

bool SparePool::CanServe(const Revision* revision) const {
  return FindIf(ready_,
                [&](const Ready& spare) {
                  return spare.instance->revision() == revision;
                }) != ready_.end() ||
         FindIf(starting_, [&](const Instance* instance) {
           return instance->revision() == revision;
         }) != starting_.end();
}

std::vector<Instance*> SparePool::TakeSuperfluous(const Revision* current,
                                                  absl::Time now) {
  std::vector<Instance*> result;
  for (const Ready& spare : ready_) {
    if (spare.instance->revision() != current) {
      result.push_back(spare.instance);
    }
  }
  for (Instance* instance : starting_) {
    if (instance->revision() != current) result.push_back(instance);
  }
  for (Instance* instance : result) Remove(instance);
  const size_t target = Target(now);
  // The latest first: they have cost the least.
  while (size() > target) {
    Instance* instance =
        starting_.empty() ? ready_.back().instance : starting_.back();
    Remove(instance);
    result.push_back(instance);
  }
  return result;
}

size_t SparePool::Target(absl::Time now) const {
  if (target_.has_value()) return target_->Get(now);
  return std::min(policy_.spares, policy_.max_spares);
}

size_t SparePool::Missing(absl::Time now) const {
  if (now < not_before_) return 0;
  const size_t target = Target(now);
  return target > size() ? target - size() : 0;
}

}  // namespace faas::runnerd
