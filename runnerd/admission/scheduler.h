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

// A Scheduler decides which waiting connection gets a container next, and which
// connections are refused. Within a function, the one that came first is next;
// among functions, the one with the fewest active connections. See
// docs/adr/0012.
//
// It is pure: it knows connections only by ids, and callers pass the time.
class Scheduler {
 public:
  struct HostLimits {
    // How many connections may have a container at the same time.
    size_t max_active = 0;
    // How many connections of all functions may wait.
    size_t max_waiting = 0;
    // How many connections of one client address may wait or be active. 0
    // means no limit.
    size_t max_per_client = 0;
    // A queue that has not been empty for `overload_after` is an overload, not
    // a burst. From then on a connection is let in only if those before it are
    // served within `overload_wait` at the rate of the last second. So no
    // connection waits in vain, and the queue is short when the overload ends.
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
    std::string client;  // the address of the client
  };

  explicit Scheduler(const HostLimits& limits) : limits_(limits) {}

  // Sets the limits of a function from now on. Call it before the function's
  // first connection.
  void SetLimits(const std::string& function, const FunctionLimits& limits);
  // The function was removed. Its waiting connections stay until they are taken
  // or removed, and its limits do not hold them back.
  void Forget(const std::string& function);

  // Lets a connection wait, or returns why it is refused: REASON_OVERLOADED for
  // a limit of the host, REASON_QUEUE_FULL or REASON_CLIENT_LIMIT.
  absl::optional<internal::v1::Reject::Reason> Add(Connection connection,
                                                   absl::Time now);

  // Returns the next connection that may have a container; it is active from
  // now on. Nothing if there is none. `can_start` says whether the caller has a
  // container for a function, or could start one.
  absl::optional<uint64_t> Take(
      absl::Time now,
      absl::FunctionRef<bool(const std::string& function)> can_start);

  // Lets an active connection wait again, with its age and before the others,
  // because its container has failed.
  void Return(uint64_t id, absl::Time now);

  // Removes a connection that waited and has gone, or was active and has ended.
  // Does nothing if the id is unknown.
  void Remove(uint64_t id, absl::Time now);

  // Removes and returns the connections that have waited for too long.
  std::vector<uint64_t> TakeExpired(absl::Time now);
  // Returns when TakeExpired will next return one; InfiniteFuture if no
  // connection waits.
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
    // Since when the queue has not been empty.
    absl::Time busy_since;
    // When connections were taken from the queue, within the last second.
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
  std::set<Function*> queued_;  // functions whose queue is not empty
  std::set<std::pair<absl::Time, uint64_t>> expiries_;
  size_t waiting_ = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_SCHEDULER_H_
