#ifndef FAAS_RUNNERD_ADMISSION_ADMISSION_H_
#define FAAS_RUNNERD_ADMISSION_ADMISSION_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "common/event/event_loop.h"
#include "faas/internal/v1/handoff.pb.h"
#include "runnerd/admission/handoff_server.h"
#include "runnerd/admission/offered_connection.h"
#include "runnerd/admission/passed_connection.h"
#include "runnerd/admission/scheduler.h"

namespace faas::runnerd {

// Admission decides which offered connections are let in, and when each gets a
// container. It is the only one that knows which connections wait and which
// are active:
//
//   offer ──▶ waiting ── Take ──▶ active ── Release ──▶ (gone)
//     │        │   ▲                │
//     ▼        ▼   └──── Return ────┘
//       REJECT
//
// Runs on the loop's thread.
class Admission {
 public:
  struct Options {
    std::string run_dir;
    // The user who may offer connections.
    uid_t gateway = 0;
    Scheduler::HostLimits limits;
  };

  // What Admission must know of a function.
  struct Rules {
    Scheduler::FunctionLimits limits;
    // Where it listens, if that is known.
    absl::optional<Endpoint> endpoint;
    // A client that ends its side without having sent anything has gone.
    bool client_speaks_first = true;
  };

  // Told by callbacks of the loop, and never from within Take, Return, Commit,
  // Reject or Release.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Returns whether the function can be served. If so, SetRules has been
    // called for it. Take calls this, too.
    virtual bool KnowsFunction(const std::string& function) = 0;
    // A connection has come for a function that is known.
    virtual void OnArrival(const std::string& function) = 0;
    // A connection waits; the owner should call Take.
    virtual void OnWaiting() = 0;
    // The channel has ended: all connections of it that are not committed
    // belong to gatewayd again. Those that wait were dropped; the owner drops
    // the active ones and releases their tickets. Close calls this, too.
    virtual void OnChannelEnd(HandoffServer::Channel channel) = 0;
  };

  // `loop` and `owner` must outlive this object.
  Admission(event::EventLoop* loop, const Options& options, Owner* owner);
  ~Admission();

  // Sets a function's rules from now on.
  void SetRules(const std::string& function, const Rules& rules);
  // Forgets a function. Its waiting connections are rejected when their turn
  // comes.
  void Forget(const std::string& function);

  // Begins to listen for offers, unless it does so already.
  absl::Status Listen();
  // Ends the hand-off: whatever was not committed belongs to gatewayd again.
  void Close();

  bool HasWaiting() const { return scheduler_.waiting() > 0; }

  // Returns the next connection that may have a container; it is active from
  // then on. Nothing if there is none now. `can_start` says whether the caller
  // has a container for the function, or could start one.
  absl::optional<OfferedConnection> Take(
      absl::FunctionRef<bool(const std::string& function)> can_start);
  // Lets an active connection wait again, before the others, because its
  // container has failed.
  void Return(OfferedConnection connection);
  // Ends an active connection. Does nothing if it has ended already.
  void Release(uint64_t ticket);

  // Tells gatewayd that the connection gets served. RESOURCE_EXHAUSTED: try
  // again soon. UNAVAILABLE: the channel has ended.
  absl::Status Commit(const OfferedConnection& connection);
  // Tells gatewayd why the connection is not served. An active one stays
  // active until Release.
  void Reject(const OfferedConnection& connection,
              internal::v1::Reject::Reason reason, const std::string& detail);

 private:
  struct Waiting {
    OfferedConnection connection;
    event::EventLoop::Token hang_up_watch = 0;
  };

  void OnOffer(OfferedConnection connection);
  // Logs and rejects a connection that must not come to a handler.
  bool IsAcceptable(const OfferedConnection& connection);
  void OnChannelEnd(HandoffServer::Channel channel);
  void KeepWaiting(uint64_t ticket);
  // Takes a connection out of those that wait.
  OfferedConnection Extract(uint64_t ticket);
  bool HasHungUp(const OfferedConnection& connection) const;
  void OnHangUp(uint64_t ticket);
  void AwaitExpiry();
  void OnExpiry();

  event::EventLoop& loop_;
  const Options options_;
  Owner* const owner_;
  std::unique_ptr<HandoffServer> handoff_;  // null until Listen
  Scheduler scheduler_;                     // knows connections by ticket
  absl::node_hash_map<uint64_t, Waiting> waiting_;  // by ticket
  absl::flat_hash_map<std::string, Rules> rules_;   // by function
  uint64_t last_ticket_ = 0;
  event::EventLoop::Token expiry_timer_ = 0;
  absl::Time expiry_time_ = absl::InfiniteFuture();  // of expiry_timer_
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_ADMISSION_H_
