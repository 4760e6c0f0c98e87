#ifndef FAAS_RUNNERD_ADMISSION_SCHEDULER_H_
#define FAAS_RUNNERD_ADMISSION_SCHEDULER_H_

#include <cstdint>
#include <deque>
#include <list>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "faas/internal/v1/handoff.pb.h"

namespace faas::runnerd {

// Which waiting connection gets a container next, and which are turned away:
// first come first served within a function, the least busy function first
// among functions. docs/adr/0012.
//
// Pure: it knows connections by their ids only, and is told the time.
class Scheduler {
 public:
  struct HostLimits {
    // Connections with a container at once.
    size_t max_active = 0;
    // Connections that wait, of all functions.
    size_t max_waiting = 0;
    // Waiting and active ones of one client address; 0 for no limit.
    size_t max_per_client = 0;
    // A queue that has not been empty for `overload_after` is no burst but an
    // overload: from then on no more are let in than are served within
    // `overload_wait` at the rate of the last second. So nobody waits in vain,
    // and when the overload ends the queue is short.
    absl::Duration overload_after, overload_wait;
  };
  struct FunctionLimits {
    size_t max_active = 0;
    size_t max_waiting = 0;
    absl::Duration max_wait;
  };
  struct Connection {
    uint64_t id = 0;
    std::string function;
    std::string client;  // its address
  };

  explicit Scheduler(const HostLimits& limits) : limits_(limits) {}

  // A function's limits from now on. It must have some before its first
  // connection.
  void SetLimits(const std::string& function, const FunctionLimits& limits);
  // The function is gone. What waits stays, and is to be taken out.
  void Forget(const std::string& function);

  // Lets a connection wait, or says why not: REASON_OVERLOADED for the host,
  // REASON_QUEUE_FULL, REASON_CLIENT_LIMIT.
  absl::optional<internal::v1::Reject::Reason> Add(Connection connection,
                                                   absl::Time now);

  // The next one that may have a container, which is active from now on.
  // `can_start` says whether the caller has, or could start, one for that
  // function.
  absl::optional<uint64_t> Take(
      absl::Time now,
      absl::FunctionRef<bool(const std::string& function)> can_start);

  // An active one waits again, with its age, before the others: its container
  // has failed.
  void Return(uint64_t id, absl::Time now);

  // A waiting one has gone, or an active one has ended. Nothing if it is
  // unknown.
  void Remove(uint64_t id, absl::Time now);

  // Those that have waited for too long; they are removed.
  std::vector<uint64_t> TakeExpired(absl::Time now);
  // When there will next be some; InfiniteFuture if nothing waits.
  absl::Time next_expiry() const;

  size_t waiting() const { return waiting_; }
  size_t active() const { return connections_.size() - waiting_; }
  size_t waiting(const std::string& function) const;
  size_t active(const std::string& function) const;

 private:
  struct Function {
    std::string name;
    FunctionLimits limits;
    bool forgotten = false;
    size_t active = 0;
    std::list<uint64_t> queue;
    // Since when it has had no empty queue.
    absl::Time busy_since;
    // When those of the last second were taken from the queue.
    std::deque<absl::Time> taken;
  };
  struct Entry {
    Function* function;
    std::string client;  // empty if clients are not counted
    absl::Time since;
    absl::Time expiry;
    bool active = false;
    std::list<uint64_t>::iterator place;  // in the queue, unless active
  };

  bool IsOverloaded(Function& function, absl::Time now) const;
  void Enqueue(uint64_t id, Entry& entry, absl::Time now, bool first);
  void LeaveQueue(uint64_t id, Entry& entry);
  void Erase(uint64_t id);
  static void ForgetTaken(Function& function, absl::Time now);

  const HostLimits limits_;
  absl::node_hash_map<std::string, Function> functions_;
  absl::node_hash_map<uint64_t, Entry> connections_;
  absl::flat_hash_map<std::string, size_t> clients_;
  std::set<Function*> queued_;  // whose queue is not empty
  std::set<std::pair<absl::Time, uint64_t>> expiries_;
  size_t waiting_ = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_SCHEDULER_H_
