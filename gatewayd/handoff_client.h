#ifndef FAAS_GATEWAYD_HANDOFF_CLIENT_H_
#define FAAS_GATEWAYD_HANDOFF_CLIENT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "gatewayd/reserve_descriptors.h"
#include "handoff/handoff_messages.h"

namespace faas::gatewayd {

// A HandoffClient is gatewayd's end of the hand-off channel
// (handoff/handoff.h). It connects by itself, and again within
// kReconnectInterval when the channel has ended. All methods belong to the
// thread of the event loop.
class HandoffClient {
 public:
  struct Callbacks {
    std::function<void(const handoff::Commit&)> on_commit;
    std::function<void(const handoff::Reject&)> on_reject;
    std::function<void()> on_up;
    // Is called when the channel has ended, after the other callbacks were
    // called for everything that was still queued in it.
    std::function<void()> on_down;
  };

  HandoffClient(event::EventLoop* loop, std::string socket_path,
                Callbacks callbacks);
  ~HandoffClient();

  // Returns whether there is a channel.
  bool up() const { return channel_.valid(); }

  // Sends an offer with the connection `fd`. RESOURCE_EXHAUSTED if the channel
  // is full: try again soon. UNAVAILABLE if there is no channel, or if it has
  // ended and on_down will follow.
  absl::Status Offer(const handoff::Offer& offer, int fd);

  // Ends the channel, so that runnerd can commit nothing more on it. Calls the
  // callbacks for what runnerd has queued in it, and then on_down.
  void Drop();

 private:
  void TryConnect();
  void OnReadable();
  void Handle(const handoff::Answer& answer);

  event::EventLoop* const loop_;
  const std::string socket_path_;
  const Callbacks callbacks_;
  base::UniqueFd channel_;
  event::EventLoop::Token watch_ = 0;
  event::EventLoop::Token timer_ = 0;
  // To connect takes two descriptors. They are kept in reserve, so that the
  // connections that wait for the channel cannot take the descriptors that the
  // channel needs.
  ReserveDescriptors reserve_{2};
};

inline constexpr absl::Duration kReconnectInterval = absl::Milliseconds(50);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_HANDOFF_CLIENT_H_
