// The part of the Runner that keeps spares.

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "runnerd/runner.h"

namespace faas::runnerd {
namespace {

// How often what automatic pools want is looked at.
constexpr absl::Duration kSpareInterval = absl::Milliseconds(250);
// How long one that was taken waits to be replaced: for most answers.
constexpr absl::Duration kRefillDelay = absl::Milliseconds(1);

}  // namespace

// Starts those that are missing, unless a connection waits: that comes first.
void Runner::KeepSpares() {
  if (stopping_ || dispatching_ || refill_timer_ != 0) return;
  if (spare_timer_ == 0 && spares_.change_with_time()) OnSpareTime();
  while (scheduler_.waiting() == 0) {
    const std::string* function = spares_.Next(event::EventLoop::Now());
    if (function == nullptr) return;
    StartSpare(*function);
  }
}

// What is done now, a connection waits for: the kernel wakes a handler on the
// processor of whoever sends it a message, and there it starts when we sleep.
void Runner::KeepSparesSoon() {
  if (refill_timer_ != 0) return;
  refill_timer_ = loop_.After(kRefillDelay, [this] {
    refill_timer_ = 0;
    KeepSpares();
  });
}

void Runner::StartSpare(const std::string& function) {
  SparePool& pool = spares_.Of(function);
  std::shared_ptr<const Revision> revision = revisions_.Find(function);
  if (revision == nullptr) {
    pool.OnFailure(event::EventLoop::Now());
    return;
  }
  const Deadlines& deadlines = SettingsOf(*revision).deadlines;
  auto instance = Instance::StartSpare(&environment_, std::move(revision),
                                       FreeId(++next_spare_), deadlines, this);
  pool.Add(instance.get());
  instances_[instance->id()] = std::move(instance);
}

// Ends what the pool has too many of. Whether the pool is still needed.
bool Runner::KeepPool(const std::string& function, SparePool& pool) {
  const auto revision = revisions_.Find(function);
  for (Instance* spare :
       pool.TakeSuperfluous(revision.get(), event::EventLoop::Now())) {
    log::Line("request",
              absl::StrCat("Container ", spare->id(), " is not needed"));
    spare->Kill();
  }
  return pool.changes_with_time();
}

void Runner::OnSpareTime() {
  const bool outer = std::exchange(dispatching_, true);
  std::vector<std::string> unneeded;
  spares_.ForEach([&](const std::string& function, SparePool& pool) {
    if (!KeepPool(function, pool)) unneeded.push_back(function);
  });
  for (const std::string& function : unneeded) spares_.Forget(function);
  dispatching_ = outer;
  spare_timer_ = 0;
  if (!spares_.change_with_time()) return;
  spare_timer_ = loop_.After(kSpareInterval, [this] {
    OnSpareTime();
    KeepSpares();
  });
}

void Runner::OnSpareChange(Instance* instance) {
  SparePool* pool = spares_.Find(instance->revision()->name());
  if (pool == nullptr) return;
  if (instance->state() == v1::Instance::STATE_SPARE) {
    pool->SetReady(instance,
                   environment_.container.cgroups->MemoryBytes(instance->id()));
  } else if (pool->Remove(instance) && !instance->retired()) {
    // By itself; those that are killed for a reason were taken out before.
    pool->OnFailure(event::EventLoop::Now());
  }
}

}  // namespace faas::runnerd
