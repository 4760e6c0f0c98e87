#ifndef FAAS_RUNNERD_WARM_POOL_WARM_POOL_H_
#define FAAS_RUNNERD_WARM_POOL_WARM_POOL_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "runnerd/container/instance.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/revision/revision_table.h"
#include "runnerd/warm_pool/function_pool.h"

namespace faas::runnerd {

// The WarmPool keeps the warm instances of all functions: containers that are
// started ahead and wait for a connection. It is the only one that knows which
// instances are warm or are started to be, how many are wanted, and which are
// to be replaced. docs/adr/0013. Runs on the loop's thread.
class WarmPool {
 public:
  using Policy = FunctionPool::Policy;

  // What the warm instances of all functions may take together.
  struct Limits {
    size_t max_instances = 0;
    // The memory of those that wait.
    uint64_t max_memory_bytes = 0;
    // How many may start at the same time.
    size_t max_starting = 0;
  };

  // Called by the pool's timers and from within Refill.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Returns whether a warm instance may be started now. A connection that
    // waits for a container comes first.
    virtual bool MayStartWarm() = 0;
    // Starts an instance without a connection. Its events must come here.
    // Returns null if there is no such function.
    virtual Instance* StartWarm(const std::string& function) = 0;
  };

  // The arguments must outlive this object.
  WarmPool(event::EventLoop* loop, const Limits& limits,
           const RevisionTable* revisions, const Cgroups* cgroups,
           Owner* owner);
  ~WarmPool();

  // Sets how many warm instances a function has from now on.
  void SetPolicy(const std::string& function, const Policy& policy);

  // A connection has come for a function.
  void OnArrival(const std::string& function);
  // Events of any instance, warm or not.
  void OnStarted(Instance* instance);
  void OnEnding(Instance* instance);

  // Returns whether Claim would return an instance.
  bool CanServe(const std::string& function) const;
  // Takes out an instance of `revision` for a connection: a warm one, or else
  // one that starts. Returns null if there is none.
  Instance* Claim(const Revision& revision);

  // Starts the instances that are missing.
  void Refill();
  // Kills the instances that are of older revisions or too many.
  void EndSuperfluous();
  // Kills all instances, and starts no more.
  void Stop();

 private:
  FunctionPool* Find(const std::string& function);
  // Returns the function that gets the next instance: the one that lacks most
  // of its own, in proportion. Returns null if none lacks any, or if the
  // limits allow no more.
  const std::string* NextFunction(absl::Time now) const;
  bool ChangesWithTime() const;
  void RefillSoon();

  event::EventLoop& loop_;
  const Limits limits_;
  const RevisionTable& revisions_;
  const Cgroups& cgroups_;
  Owner* const owner_;
  std::map<std::string, FunctionPool> pools_;  // by function
  event::EventLoop::Token check_timer_ = 0, refill_timer_ = 0;
  bool stopped_ = false;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_WARM_POOL_WARM_POOL_H_
