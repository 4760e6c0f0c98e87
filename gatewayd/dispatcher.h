#ifndef FAAS_GATEWAYD_DISPATCHER_H_
#define FAAS_GATEWAYD_DISPATCHER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "gatewayd/handoff_client.h"
#include "gatewayd/lingering_close.h"
#include "gatewayd/platform_answer.h"
#include "gatewayd/tcp_listener.h"
#include "handoff/handoff_messages.h"

namespace faas::gatewayd {

// A Dispatcher owns accepted connections until runnerd commits or rejects them.
// It offers them to runnerd in the order in which they came, and again if
// runnerd was away in between. If no container takes a connection, it answers
// the client for the platform; if the client has gone while its connection
// waited for runnerd, it closes the connection.
//
// All methods belong to the thread of the event loop.
class Dispatcher {
 public:
  struct Options {
    std::string handoff_socket;
    // How many connections may be pending; more are answered 503 at once.
    size_t max_pending = 0;
    // How long a connection may be pending. After that it is answered 503 if
    // it could not be offered. If it was offered and runnerd has not answered,
    // the channel is ended first, and the connection is answered 504.
    absl::Duration handoff_timeout;
    // Is called when runnerd has rejected a connection of `function` because
    // the function's queue or the host's queue is full. May be null.
    std::function<void(const std::string& function)> on_overload;
  };

  // How many connections of a function there were since the start.
  struct Counters {
    uint64_t accepted = 0;
    uint64_t committed = 0;
    uint64_t rejected = 0;
    uint64_t pending() const { return accepted - committed - rejected; }
  };

  Dispatcher(event::EventLoop* loop, Options options);
  ~Dispatcher();

  // Takes an accepted connection of `function`. A connection with
  // Protocol::kTcp is closed where another one would be answered, because its
  // client may not speak HTTP.
  void Add(Accepted accepted, const std::string& function);

  // Ends the channel and answers 503 to all connections that are pending.
  void Shutdown();

  // Returns the counters of `function`; all are 0 if it is not known.
  Counters CountersOf(const std::string& function) const;

  // Returns how many connections are neither committed nor answered.
  size_t pending() const { return connections_.size(); }
  // Returns whether no connection is pending and no client may still be reading
  // an answer.
  bool idle() const {
    return connections_.empty() && lingering_close_.lingering() == 0;
  }

 private:
  struct Connection {
    base::UniqueFd fd;
    Protocol protocol;
    handoff::Offer offer;
    absl::Time accepted;  // By EventLoop::Now.
    // Whether it could not be offered at once, so that its client may have gone
    // in the meantime.
    bool waited = false;
    int offers = 0;        // How often it was offered, on all channels.
    bool offered = false;  // Whether it was offered on the present channel.
  };

  static bool ClientHasGone(const Connection& connection);
  void OfferParked();
  // Returns whether the channel has taken the offer.
  bool Offer(Connection& connection);
  void OnCommit(const handoff::Commit& commit);
  void OnReject(const handoff::Reject& reject);
  void OnDown();
  void CheckAges();
  void Answer(uint64_t id, const PlatformAnswer& answer,
              const std::string& detail);

  event::EventLoop* const loop_;
  const Options options_;
  uint64_t next_id_;
  absl::flat_hash_map<uint64_t, Connection> connections_;
  // The connections that are not on offer, oldest first. It may name
  // connections that are gone.
  std::deque<uint64_t> parked_;
  absl::flat_hash_map<std::string, Counters> counters_;
  LingeringClose lingering_close_;
  HandoffClient client_;
  event::EventLoop::Token retry_timer_ = 0;
  event::EventLoop::Token age_timer_ = 0;
};

// A connection that was on offer when the channel ended, so many times, is
// answered 502, because it may itself be what makes runnerd end.
inline constexpr int kMaxOffers = 8;

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_DISPATCHER_H_
