#ifndef FAAS_REGISTRYD_STORE_GARBAGE_COLLECTOR_H_
#define FAAS_REGISTRYD_STORE_GARBAGE_COLLECTOR_H_

#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "registryd/peers/peers.h"
#include "registryd/registry/registry.h"
#include "registryd/store/layer_store.h"

namespace faas::registryd {

// A GarbageCollector removes layers that no function has used for a while and
// that no container runs from. It works on a thread of its own, which ends with
// the object. Thread-safe.
class GarbageCollector {
 public:
  // Borrows its arguments, which must outlive it, and begins with a sweep. A
  // layer that no function uses stays for `grace`, because a later deploy may
  // use it again.
  GarbageCollector(LayerStore* store, Registry* registry, Peers* peers,
                   absl::Duration grace);
  ~GarbageCollector();

  // Asks for a sweep, because a layer may be unused now. Does not wait.
  void Notify();

  // Sweeps now, without a grace, and returns what was removed. Returns
  // UNAVAILABLE (RUNNER_UNAVAILABLE) if runnerd cannot say what is mounted.
  absl::StatusOr<LayerStore::Swept> Collect();

 private:
  void Run();
  // Sweeps, and returns when to sweep again if nothing happens before.
  absl::Time Sweep();
  // Sweeps, and sets `*mounted` to whether a layer that no function uses is
  // still mounted.
  absl::StatusOr<LayerStore::Swept> TrySweep(absl::Duration grace,
                                             bool* mounted);

  LayerStore* const store_;
  Registry* const registry_;
  Peers* const peers_;
  const absl::Duration grace_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool pending_ ABSL_GUARDED_BY(mutex_) = true;
  // The error of the last sweep, if it failed. Only the thread uses it.
  std::string last_error_;
  std::thread thread_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_GARBAGE_COLLECTOR_H_
