#include "registryd/janitor.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/log/log.h"

namespace faas::registryd {
namespace {

constexpr absl::Duration kRetryInterval = absl::Seconds(2);

}  // namespace

Janitor::Janitor(LayerStore* store, Registry* registry, Peers* peers)
    : store_(store), registry_(registry), peers_(peers) {
  thread_ = std::thread([this] { Run(); });
}

Janitor::~Janitor() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Janitor::Sweep() {
  const bool done = TrySweep();
  absl::MutexLock lock(&mutex_);
  if (!done) pending_ = true;
}

void Janitor::Run() {
  const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return pending_ || stopping_;
  };
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(&wanted));
      if (stopping_) return;
      pending_ = false;
    }
    const bool done = TrySweep();
    absl::MutexLock lock(&mutex_);
    if (done) continue;
    pending_ = true;
    mutex_.AwaitWithTimeout(absl::Condition(&stopping_), kRetryInterval);
  }
}

bool Janitor::TrySweep() {
  // What is mounted only runnerd knows; without it nothing is removed.
  const absl::StatusOr<std::set<std::string>> mounted = peers_->MountedLayers();
  if (!mounted.ok()) return false;
  std::set<std::string> in_registry;
  const absl::Status status = store_->Sweep([&] {
    in_registry = registry_->LayersInUse();
    std::set<std::string> in_use = in_registry;
    in_use.insert(mounted->begin(), mounted->end());
    return in_use;
  });
  if (!status.ok()) {
    log::Line("store", absl::StrCat("sweep: ", status.message()));
    return false;
  }
  for (const std::string& id : *mounted) {
    if (in_registry.count(id) == 0) return false;  // garbage, still mounted
  }
  return true;
}

}  // namespace faas::registryd
