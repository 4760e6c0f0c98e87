#include "runnerd/warm_pool/function_pool.h"

#include <algorithm>

namespace faas::runnerd {
namespace {

// An instance that has just ended may still be in the pool: its event is on
// its way.
bool CanServeWith(const Instance& instance, const Revision* revision) {
  return instance.revision() == revision && instance.IsFree();
}

}  // namespace

void FunctionPool::SetPolicy(const Policy& policy) {
  const bool same = policy.automatic == policy_.automatic &&
                    policy.idle_after == policy_.idle_after &&
                    policy.max_instances == policy_.max_instances;
  policy_ = policy;
  // What the target has learned is kept as long as it applies.
  if (!policy.automatic) {
    target_.reset();
  } else if (!same || !target_.has_value()) {
    target_.emplace(WarmTarget::Options{.idle_after = policy.idle_after,
                                        .max_instances = policy.max_instances});
  }
}

void FunctionPool::OnArrival(absl::Time now) {
  if (target_.has_value()) target_->OnArrival(now);
}

void FunctionPool::OnCreated(absl::Duration creation_time) {
  if (target_.has_value()) target_->OnCreated(creation_time);
}

void FunctionPool::SetReady(Instance* instance, uint64_t memory_bytes) {
  const auto it = std::find(starting_.begin(), starting_.end(), instance);
  if (it == starting_.end()) return;
  starting_.erase(it);
  ready_.push_back({instance, memory_bytes});
  memory_bytes_ += memory_bytes;
  // The instances of a function are alike, and the latest is the best guess.
  expected_bytes_ = memory_bytes;
}

bool FunctionPool::Remove(Instance* instance) {
  const auto starting = std::find(starting_.begin(), starting_.end(), instance);
  if (starting != starting_.end()) {
    starting_.erase(starting);
    return true;
  }
  const auto ready = std::find_if(
      ready_.begin(), ready_.end(),
      [&](const Ready& entry) { return entry.instance == instance; });
  if (ready == ready_.end()) return false;
  memory_bytes_ -= ready->memory_bytes;
  ready_.erase(ready);
  return true;
}

void FunctionPool::OnFailure(absl::Time now) {
  absl::Duration pause = kFirstWarmPause;
  for (int i = 0; i < failures_ && pause < kLongestWarmPause; ++i) pause *= 2;
  not_before_ = now + std::min(pause, kLongestWarmPause);
  ++failures_;
}

std::deque<FunctionPool::Ready>::const_iterator FunctionPool::FindReady(
    const Revision* revision) const {
  return std::find_if(ready_.begin(), ready_.end(), [&](const Ready& entry) {
    return CanServeWith(*entry.instance, revision);
  });
}

std::deque<Instance*>::const_iterator FunctionPool::FindStarting(
    const Revision* revision) const {
  return std::find_if(starting_.begin(), starting_.end(),
                      [&](const Instance* instance) {
                        return CanServeWith(*instance, revision);
                      });
}

Instance* FunctionPool::Claim(const Revision* revision) {
  Instance* instance = nullptr;
  if (const auto ready = FindReady(revision); ready != ready_.end()) {
    instance = ready->instance;
    failures_ = 0;
  } else if (const auto starting = FindStarting(revision);
             starting != starting_.end()) {
    instance = *starting;
  }
  Remove(instance);
  return instance;
}

bool FunctionPool::CanServe(const Revision* revision) const {
  return FindReady(revision) != ready_.end() ||
         FindStarting(revision) != starting_.end();
}

std::vector<Instance*> FunctionPool::TakeSuperfluous(const Revision* current,
                                                     absl::Time now) {
  std::vector<Instance*> result;
  for (const Ready& entry : ready_) {
    if (entry.instance->revision() != current) result.push_back(entry.instance);
  }
  for (Instance* instance : starting_) {
    if (instance->revision() != current) result.push_back(instance);
  }
  for (Instance* instance : result) Remove(instance);
  const size_t target = Target(now);
  // The latest go first: they have cost the least.
  while (size() > target) {
    Instance* instance =
        starting_.empty() ? ready_.back().instance : starting_.back();
    Remove(instance);
    result.push_back(instance);
  }
  return result;
}

std::vector<Instance*> FunctionPool::TakeAll() {
  std::vector<Instance*> result(starting_.begin(), starting_.end());
  for (const Ready& entry : ready_) result.push_back(entry.instance);
  for (Instance* instance : result) Remove(instance);
  return result;
}

size_t FunctionPool::Target(absl::Time now) const {
  if (target_.has_value()) return target_->Get(now);
  return std::min(policy_.instances, policy_.max_instances);
}

size_t FunctionPool::Missing(absl::Time now) const {
  if (now < not_before_) return 0;
  const size_t target = Target(now);
  return target > size() ? target - size() : 0;
}

}  // namespace faas::runnerd
