#include "runnerd/warm_pool/warm_pool.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

// How often the pools that time may change are looked at.
constexpr absl::Duration kCheckInterval = absl::Milliseconds(250);
// How long an instance that was taken is not replaced: the time of most
// answers.
constexpr absl::Duration kRefillDelay = absl::Milliseconds(1);

}  // namespace

WarmPool::WarmPool(event::EventLoop* loop, const Limits& limits,
                   const RevisionTable* revisions, const Cgroups* cgroups,
                   Owner* owner)
    : loop_(*loop),
      limits_(limits),
      revisions_(*revisions),
      cgroups_(*cgroups),
      owner_(owner) {}

WarmPool::~WarmPool() {
  loop_.CancelTimer(check_timer_);
  loop_.CancelTimer(refill_timer_);
}

FunctionPool* WarmPool::Find(const std::string& function) {
  const auto it = pools_.find(function);
  return it == pools_.end() ? nullptr : &it->second;
}

void WarmPool::SetPolicy(const std::string& function, const Policy& policy) {
  if (FunctionPool* pool = Find(function)) {
    pool->SetPolicy(policy);
  } else if (policy.automatic || policy.instances > 0) {
    pools_[function].SetPolicy(policy);
  }
}

void WarmPool::OnArrival(const std::string& function) {
  if (FunctionPool* pool = Find(function)) {
    pool->OnArrival(event::EventLoop::Now());
  }
}

void WarmPool::OnStarted(Instance* instance) {
  FunctionPool* pool = Find(instance->revision()->name());
  if (pool == nullptr) return;
  pool->OnCreated(instance->creation_time());
  if (instance->state() == v1::Instance::STATE_SPARE) {
    pool->SetReady(instance, cgroups_.MemoryBytes(instance->id()));
  }
}

void WarmPool::OnEnding(Instance* instance) {
  FunctionPool* pool = Find(instance->revision()->name());
  if (pool == nullptr || !pool->Remove(instance)) return;
  // It has ended by itself: whoever kills one for a reason takes it out first.
  if (!instance->retired()) pool->OnFailure(event::EventLoop::Now());
}

bool WarmPool::CanServe(const std::string& function) const {
  const auto pool = pools_.find(function);
  return pool != pools_.end() &&
         pool->second.CanServe(revisions_.Find(function).get());
}

Instance* WarmPool::Claim(const Revision& revision) {
  FunctionPool* pool = Find(revision.name());
  Instance* instance = pool == nullptr ? nullptr : pool->Claim(&revision);
  if (instance != nullptr) RefillSoon();
  return instance;
}

// A connection waits for whatever is done now: the kernel wakes a handler on
// the processor of whoever sends it a message, and the handler runs there when
// the sender sleeps.
void WarmPool::RefillSoon() {
  if (refill_timer_ != 0) return;
  refill_timer_ = loop_.After(kRefillDelay, [this] {
    refill_timer_ = 0;
    Refill();
  });
}

void WarmPool::Refill() {
  if (stopped_ || refill_timer_ != 0) return;
  if (check_timer_ == 0 && ChangesWithTime()) EndSuperfluous();
  while (owner_->MayStartWarm()) {
    const std::string* function = NextFunction(event::EventLoop::Now());
    if (function == nullptr) return;
    FunctionPool& pool = pools_.at(*function);
    if (Instance* instance = owner_->StartWarm(*function)) {
      pool.Add(instance);
    } else {
      pool.OnFailure(event::EventLoop::Now());
    }
  }
}

const std::string* WarmPool::NextFunction(absl::Time now) const {
  size_t instances = 0, starting = 0;
  uint64_t memory_bytes = 0;
  for (const auto& [function, pool] : pools_) {
    instances += pool.size();
    starting += pool.starting();
    memory_bytes +=
        pool.memory_bytes() + pool.starting() * pool.expected_bytes();
  }
  if (instances >= limits_.max_instances || starting >= limits_.max_starting) {
    return nullptr;
  }
  const std::string* next = nullptr;
  double largest_lack = 0;
  for (const auto& [function, pool] : pools_) {
    const size_t missing = pool.Missing(now);
    if (missing == 0 ||
        memory_bytes + pool.expected_bytes() > limits_.max_memory_bytes) {
      continue;
    }
    const double lack =
        static_cast<double>(missing) / static_cast<double>(pool.Target(now));
    if (lack > largest_lack) {
      largest_lack = lack;
      next = &function;
    }
  }
  return next;
}

bool WarmPool::ChangesWithTime() const {
  return std::any_of(pools_.begin(), pools_.end(), [](const auto& entry) {
    return entry.second.changes_with_time();
  });
}

void WarmPool::EndSuperfluous() {
  if (stopped_) return;
  for (auto it = pools_.begin(); it != pools_.end();) {
    auto& [function, pool] = *it;
    const auto revision = revisions_.Find(function);
    for (Instance* instance :
         pool.TakeSuperfluous(revision.get(), event::EventLoop::Now())) {
      log::Line("request",
                absl::StrCat("Container ", instance->id(), " is not needed"));
      instance->Kill();
    }
    if (pool.changes_with_time()) {
      ++it;
    } else {
      it = pools_.erase(it);
    }
  }
  loop_.CancelTimer(check_timer_);
  check_timer_ = 0;
  if (!ChangesWithTime()) return;
  check_timer_ = loop_.After(kCheckInterval, [this] {
    EndSuperfluous();
    Refill();
  });
}

void WarmPool::Stop() {
  stopped_ = true;
  for (auto& [function, pool] : pools_) {
    for (Instance* instance : pool.TakeAll()) instance->Kill();
  }
}

}  // namespace faas::runnerd
