#include "registryd/store/garbage_collector.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "registryd/registry/storage_failure.h"

namespace faas::registryd {
namespace {

constexpr absl::Duration kRetryInterval = absl::Seconds(2);

}  // namespace

GarbageCollector::GarbageCollector(LayerStore* store, Registry* registry,
                                   Peers* peers, absl::Duration grace)
    : store_(store), registry_(registry), peers_(peers), grace_(grace) {
  thread_ = std::thread([this] { Run(); });
}

GarbageCollector::~GarbageCollector() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void GarbageCollector::Notify() {
  absl::MutexLock lock(&mutex_);
  pending_ = true;
}

void GarbageCollector::Run() {
  const auto wanted = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return pending_ || stopping_;
  };
  absl::Time next = absl::InfinitePast();
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithDeadline(absl::Condition(&wanted), next);
      if (stopping_) return;
      pending_ = false;
    }
    next = Sweep();
  }
}

absl::Time GarbageCollector::Sweep() {
  bool mounted = false;
  const absl::StatusOr<LayerStore::Swept> swept = TrySweep(grace_, &mounted);
  const absl::Time retry = absl::Now() + kRetryInterval;
  if (!swept.ok()) {
    // The log has an error once, not with every sweep, and not at all if only
    // runnerd is away.
    const std::string error(swept.status().message());
    if (!absl::IsUnavailable(swept.status()) && error != last_error_) {
      log::Line("store", absl::StrCat("sweep: ", error, "; trying again"));
    }
    last_error_ = error;
    return retry;
  }
  last_error_.clear();
  if (swept->layers > 0) {
    log::Line("store",
              absl::StrCat("Removed ", swept->layers, " unused layers, ",
                           swept->bytes, " bytes"));
  }
  return mounted ? retry : swept->next;
}

absl::StatusOr<LayerStore::Swept> GarbageCollector::Collect() {
  bool mounted;
  return TrySweep(absl::ZeroDuration(), &mounted);
}

absl::StatusOr<LayerStore::Swept> GarbageCollector::TrySweep(
    absl::Duration grace, bool* mounted) {
  // Only runnerd knows what is mounted. Nothing is removed while it is away.
  ASSIGN_OR_RETURN(const std::set<std::string> layers, peers_->MountedLayers());
  std::set<std::string> in_registry;
  auto swept = store_->Sweep(
      [&] {
        in_registry = registry_->LayersInUse();
        std::set<std::string> in_use = in_registry;
        in_use.insert(layers.begin(), layers.end());
        return in_use;
      },
      grace);
  *mounted = !std::includes(in_registry.begin(), in_registry.end(),
                            layers.begin(), layers.end());
  if (!swept.ok()) return StorageFailure(swept.status());
  return swept;
}

}  // namespace faas::registryd
