#ifndef FAAS_RUNNERD_WARM_POOL_SPARE_POOL_H_
#define FAAS_RUNNERD_WARM_POOL_SPARE_POOL_H_

#include <cstdint>
#include <deque>
#include <vector>

#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "runnerd/container/instance.h"
#include "runnerd/warm_pool/warm_target.h"

namespace faas::runnerd {

// The spares of one function: those that wait, those in the making, and how
// many there should be. Only keeps account; the Runner starts and kills them.
class SparePool {
 public:
  struct Policy {
    bool automatic = false;
    size_t spares = 0;  // unless automatic
    absl::Duration idle_after;
    size_t max_spares = 0;
  };

  void SetPolicy(const Policy& policy);

  // For automatic pools: a connection has come; a container took so long.
  void OnArrival(absl::Time now);
  void OnCreated(absl::Duration creation_time);

  // One that is in the making.
  void Add(Instance* instance) { starting_.push_back(instance); }
  // Its handler waits; it takes so much memory.
  void SetReady(Instance* instance, uint64_t memory_bytes);
  // It is a spare no more. False if it was not.
  bool Remove(Instance* instance);
  // One has ended by itself: the next ones are started later and later.
  void OnFailure(absl::Time now);

  // Takes out the one that has waited longest, or, if none waits, the one that
  // has been in the making longest; null if there is none of that revision.
  Instance* Claim(const Revision* revision);
  bool CanServe(const Revision* revision) const;

  // Takes out those of other revisions than `current`, and those that are too
  // many.
  std::vector<Instance*> TakeSuperfluous(const Revision* current,
                                         absl::Time now);

  size_t Target(absl::Time now) const;
  // How many are to be started now.
  size_t Missing(absl::Time now) const;
  size_t size() const { return ready_.size() + starting_.size(); }
  size_t starting() const { return starting_.size(); }
  // What those take that wait, and what one takes, about.
  uint64_t memory_bytes() const { return memory_bytes_; }
  uint64_t expected_bytes() const { return expected_bytes_; }
  // Whether time alone may change what is missing or superfluous.
  bool changes_with_time() const {
    return policy_.automatic || policy_.spares > 0;
  }

 private:
  struct Ready {
    Instance* instance;
    uint64_t memory_bytes;
  };

  Policy policy_;
  absl::optional<WarmTarget> target_;
  std::deque<Ready> ready_;  // the oldest first
  std::deque<Instance*> starting_;
  uint64_t memory_bytes_ = 0;
  uint64_t expected_bytes_ = 0;
  int failures_ = 0;
  absl::Time not_before_ = absl::InfinitePast();
};

// Between attempts to start spares that fail: the first pause, doubled each
// time, up to the longest.
inline constexpr absl::Duration kFirstSparePause = absl::Milliseconds(100);
inline constexpr absl::Duration kLongestSparePause = absl::Seconds(30);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_WARM_POOL_SPARE_POOL_H_
