#ifndef FAAS_RUNNERD_WARM_POOL_FUNCTION_POOL_H_
#define FAAS_RUNNERD_WARM_POOL_FUNCTION_POOL_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "runnerd/container/instance.h"
#include "runnerd/warm_pool/warm_target.h"

namespace faas::runnerd {

// A FunctionPool keeps account of the warm instances of one function: those
// that wait for a connection, those that start, and how many there should be.
// It neither starts nor kills any; WarmPool does.
class FunctionPool {
 public:
  struct Policy {
    // Whether WarmTarget says how many instances are kept, or `instances`.
    bool automatic = false;
    size_t instances = 0;
    // See WarmTarget.
    absl::Duration idle_after;
    size_t max_instances = 0;
  };

  void SetPolicy(const Policy& policy);

  // Tells an automatic pool that a connection has come, and how long a
  // container of the function took to start.
  void OnArrival(absl::Time now);
  void OnCreated(absl::Duration creation_time);

  // Adds an instance that starts.
  void Add(Instance* instance) { starting_.push_back(instance); }
  // The handler of an instance waits. `memory_bytes` is what the instance
  // takes. Does nothing if the instance is not one that starts.
  void SetReady(Instance* instance, uint64_t memory_bytes);
  // Takes an instance out. Returns false if it is not in the pool.
  bool Remove(Instance* instance);
  // An instance has ended by itself. The next ones are started after a pause
  // that grows with each failure.
  void OnFailure(absl::Time now);

  // Takes out an instance of `revision` for a connection: the one that has
  // waited longest or, if none waits, the one that started first. Returns null
  // if there is none.
  Instance* Claim(const Revision* revision);
  // Returns whether Claim would return one.
  bool CanServe(const Revision* revision) const;

  // Takes out and returns the instances of other revisions than `current`, and
  // those that are too many.
  std::vector<Instance*> TakeSuperfluous(const Revision* current,
                                         absl::Time now);
  // Takes out and returns all instances.
  std::vector<Instance*> TakeAll();

  // Returns how many instances there should be.
  size_t Target(absl::Time now) const;
  // Returns how many instances should be started now.
  size_t Missing(absl::Time now) const;
  size_t size() const { return ready_.size() + starting_.size(); }
  size_t starting() const { return starting_.size(); }
  // Returns what the waiting instances take together, and what one more would
  // take, as far as that is known.
  uint64_t memory_bytes() const { return memory_bytes_; }
  uint64_t expected_bytes() const { return expected_bytes_; }
  // Returns whether time alone may change what is missing or superfluous.
  bool changes_with_time() const {
    return policy_.automatic || policy_.instances > 0;
  }

 private:
  struct Ready {
    Instance* instance;
    uint64_t memory_bytes;
  };

  std::deque<Ready>::const_iterator FindReady(const Revision* revision) const;
  std::deque<Instance*>::const_iterator FindStarting(
      const Revision* revision) const;

  Policy policy_;
  absl::optional<WarmTarget> target_;  // if the policy is automatic
  std::deque<Ready> ready_;            // the oldest first
  std::deque<Instance*> starting_;     // the oldest first
  uint64_t memory_bytes_ = 0;
  uint64_t expected_bytes_ = 0;
  int failures_ = 0;
  absl::Time not_before_ = absl::InfinitePast();
};

// The first pause after a warm instance has failed. It doubles with each
// failure, up to the longest.
inline constexpr absl::Duration kFirstWarmPause = absl::Milliseconds(100);
inline constexpr absl::Duration kLongestWarmPause = absl::Seconds(30);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_WARM_POOL_FUNCTION_POOL_H_
