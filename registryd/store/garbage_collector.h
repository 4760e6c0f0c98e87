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

// Removes layers that no function has used for a while and no container runs
// from, in the background. Thread-safe.
class GarbageCollector {
 public:
  // Borrows its arguments. Begins with a sweep. `grace` is how long a layer
  // that no function uses stays, for functions to come.
  GarbageCollector(LayerStore* store, Registry* registry, Peers* peers,
                   absl::Duration grace);
  ~GarbageCollector();

  // Asks for a sweep: something may be unused now.
  void Notify();

  // Sweeps now and without a grace. UNAVAILABLE (RUNNER_UNAVAILABLE) if runnerd
  // cannot say what is mounted.
  absl::StatusOr<LayerStore::Swept> Collect();

 private:
  void Run();
  // When to sweep again, if nothing happens before.
  absl::Time Sweep();
  // Sweeps; `*mounted` tells whether something that is unused is still mounted.
  absl::StatusOr<LayerStore::Swept> TrySweep(absl::Duration grace,
                                             bool* mounted);

  LayerStore* const store_;
  Registry* const registry_;
  Peers* const peers_;
  const absl::Duration grace_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool pending_ ABSL_GUARDED_BY(mutex_) = true;
  // Of the last sweep, if it failed; the thread's.
  std::string last_error_;
  std::thread thread_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_GARBAGE_COLLECTOR_H_
