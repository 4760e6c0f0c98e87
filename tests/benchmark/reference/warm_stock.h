#ifndef FAAS_TESTS_BENCHMARK_REFERENCE_WARM_STOCK_H_
#define FAAS_TESTS_BENCHMARK_REFERENCE_WARM_STOCK_H_

#include <deque>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "tests/benchmark/reference/bare_container.h"

namespace faas::benchmark {

// A WarmStock is the warm variant of the harness: containers of one process
// that wait at their control sockets, each for one connection. Each method is
// the work of a thread and returns only on errors.
class WarmStock {
 public:
  WarmStock(const BareContainer::Environment& environment, int warm_instances)
      : environment_(environment), warm_instances_(warm_instances) {}

  // Starts containers so that `warm_instances` of them wait. The file "ready"
  // in its bundle says that a container waits.
  absl::Status Refill();
  // Accepts connections and passes each to the container that has waited
  // longest.
  absl::Status Serve(int listener);
  // Waits for the end of containers that have a connection, and removes what is
  // left of them.
  absl::Status Finish();

 private:
  bool Lacks() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return waiting_.size() + making_ < static_cast<size_t>(warm_instances_);
  }
  bool HasWaiting() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !waiting_.empty();
  }
  bool HasServing() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !serving_.empty();
  }

  const BareContainer::Environment& environment_;
  const int warm_instances_;
  absl::Mutex mutex_;
  std::deque<std::unique_ptr<BareContainer>> waiting_ ABSL_GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<BareContainer>> serving_ ABSL_GUARDED_BY(mutex_);
  size_t making_ ABSL_GUARDED_BY(mutex_) = 0;
};

// Returns an id that no other container of this process has.
std::string NextId();

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_REFERENCE_WARM_STOCK_H_
