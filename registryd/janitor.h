#ifndef FAAS_REGISTRYD_JANITOR_H_
#define FAAS_REGISTRYD_JANITOR_H_

#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "registryd/layer_store.h"
#include "registryd/peers.h"
#include "registryd/registry.h"

namespace faas::registryd {

// Removes layers that no function uses and no container runs from. What is
// still mounted is tried again in the background. Thread-safe.
class Janitor {
 public:
  // Borrows its arguments. Begins with a sweep in the background.
  Janitor(LayerStore* store, Registry* registry, Peers* peers);
  ~Janitor();

  // Sweeps now; layers that are still mounted go later.
  void Sweep();

 private:
  void Run();
  // Returns whether nothing is left to do.
  bool TrySweep();

  LayerStore* const store_;
  Registry* const registry_;
  Peers* const peers_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool pending_ ABSL_GUARDED_BY(mutex_) = true;
  std::thread thread_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_JANITOR_H_
