#ifndef FAAS_GATEWAYD_CONNECTION_INTAKE_H_
#define FAAS_GATEWAYD_CONNECTION_INTAKE_H_

#include <cstddef>
#include <functional>
#include <string>

#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "gatewayd/dispatcher.h"
#include "gatewayd/silent_connections.h"
#include "gatewayd/tcp_listener.h"

namespace faas::gatewayd {

// A ConnectionIntake takes each connection that a listener has accepted and
// decides when it goes to the dispatcher. A connection to an HTTP function
// waits until its client has sent the first byte, because a client that never
// asks for anything must not cost a container. A connection to a TCP function
// goes on at once, because there the function may speak first.
//
// All methods belong to the thread of the event loop.
class ConnectionIntake {
 public:
  // Borrows `loop` and `dispatcher`; both must outlive the intake.
  ConnectionIntake(event::EventLoop* loop, SilentConnections::Options silent,
                   Dispatcher* dispatcher);
  ~ConnectionIntake();

  // Takes an accepted connection of `function`.
  void Add(Accepted accepted, const std::string& function);

  // Closes the connections that wait for their first byte, gives the others
  // `timeout` to be handed off, and then answers those that are left. Calls
  // `on_drained` once, as soon as no connection is left or the answers have had
  // kLingerTime to be read. Close the listeners first, and add nothing
  // afterwards.
  void Drain(absl::Duration timeout, std::function<void()> on_drained);

  // Returns how many connections wait for their first byte.
  size_t silent() const { return silent_.size(); }

 private:
  void CheckDrained();

  event::EventLoop* const loop_;
  Dispatcher* const dispatcher_;
  SilentConnections silent_;
  absl::Time drain_deadline_;
  std::function<void()> on_drained_;
  event::EventLoop::Token drain_timer_ = 0;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_CONNECTION_INTAKE_H_
