#ifndef FAAS_GATEWAYD_DISPATCHER_H_
#define FAAS_GATEWAYD_DISPATCHER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "faas/internal/v1/handoff.pb.h"
#include "gatewayd/handoff_client.h"
#include "gatewayd/lingering_close.h"
#include "gatewayd/platform_answer.h"
#include "gatewayd/tcp_listener.h"

namespace faas::gatewayd {

// Connections from their acceptance until runnerd commits or rejects them:
// offers them in the order they came, again if runnerd was away, and answers
// for the platform if no container takes them. One whose client has gone while
// it waited for runnerd is dropped. One thread, the loop's.
class Dispatcher {
 public:
  struct Options {
    std::string handoff_socket;
    // More pending connections than this are answered 503 at once.
    size_t max_pending = 0;
    // From acceptance to commit. After that a connection is answered 503 if it
    // is not on offer; if it is, and got no answer, the channel is ended first.
    absl::Duration handoff_timeout;
    // A connection of the function was turned away because it, or the host, has
    // too many. May be null.
    std::function<void(const std::string& function)> on_overload;
  };

  struct Counters {
    uint64_t accepted = 0;
    uint64_t committed = 0;
    uint64_t rejected = 0;
    uint64_t pending() const { return accepted - committed - rejected; }
  };

  Dispatcher(event::EventLoop* loop, Options options);
  ~Dispatcher();

  // Takes an accepted connection of `function`. With Protocol::kTcp an answer
  // is a plain close.
  void Add(Accepted accepted, const std::string& function);

  // Ends the channel and answers 503 to all that are pending.
  void Shutdown();

  // The counters of a function since the start.
  Counters CountersOf(const std::string& function) const;

  size_t pending() const { return connections_.size(); }
  // Whether connections are still to be delivered or answered.
  bool idle() const {
    return connections_.empty() && lingering_close_.lingering() == 0;
  }

 private:
  struct Connection {
    base::UniqueFd fd;
    Protocol protocol;
    internal::v1::HandoffMessage message;  // the offer
    absl::Time accepted;                   // EventLoop::Now
    bool waited = false;                   // its client may have gone meanwhile
    int offers = 0;                        // on all channels
    bool offered = false;                  // on the present one
  };

  static bool ClientHasGone(const Connection& connection);
  void OfferParked();
  // Whether the channel took it.
  bool Offer(Connection& connection);
  void OnCommit(const internal::v1::Commit& commit);
  void OnReject(const internal::v1::Reject& reject);
  void OnDown();
  void CheckAges();
  void Answer(uint64_t id, const PlatformAnswer& answer,
              const std::string& detail);

  event::EventLoop* const loop_;
  const Options options_;
  uint64_t next_id_;
  absl::flat_hash_map<uint64_t, Connection> connections_;
  std::deque<uint64_t> parked_;  // may name connections that are gone
  absl::flat_hash_map<std::string, Counters> counters_;
  LingeringClose lingering_close_;
  HandoffClient client_;
  event::EventLoop::Token retry_timer_ = 0;
  event::EventLoop::Token age_timer_ = 0;
};

// A connection whose channel has ended so often is answered 502: perhaps it is
// the one that ends them.
inline constexpr int kMaxOffers = 8;

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_DISPATCHER_H_
