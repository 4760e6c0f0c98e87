#ifndef FAAS_GATEWAYD_HANDOFF_CLIENT_H_
#define FAAS_GATEWAYD_HANDOFF_CLIENT_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "faas/internal/v1/handoff.pb.h"
#include "gatewayd/reserve_descriptors.h"

namespace faas::gatewayd {

// gatewayd's end of the hand-off channel (handoff/handoff.h). Connects
// again by itself, within kReconnectInterval, when the channel has ended.
class HandoffClient {
 public:
  struct Callbacks {
    std::function<void(const internal::v1::Commit&)> on_commit;
    std::function<void(const internal::v1::Reject&)> on_reject;
    std::function<void()> on_up;
    // Everything that was queued in the channel has been reported before.
    std::function<void()> on_down;
  };

  HandoffClient(event::EventLoop* loop, std::string socket_path,
                Callbacks callbacks);
  ~HandoffClient();

  bool up() const { return channel_.valid(); }

  // `message` has an offer. RESOURCE_EXHAUSTED: try again soon. UNAVAILABLE:
  // the channel is down, or about to be reported so.
  absl::Status Offer(const internal::v1::HandoffMessage& message, int fd);

  // Ends the channel, so that runnerd can commit nothing more on it. What it
  // has queued in it is reported first.
  void Drop();

 private:
  void TryConnect();
  void OnReadable();
  // Whether the message is one that runnerd may send.
  bool Handle(const internal::v1::HandoffMessage& message);

  event::EventLoop* const loop_;
  const std::string socket_path_;
  const Callbacks callbacks_;
  base::UniqueFd channel_;
  event::EventLoop::Token watch_ = 0;
  event::EventLoop::Token timer_ = 0;
  // For Connect, which needs two: connections that wait for the channel, and
  // have all the others, must not be what keeps it away.
  ReserveDescriptors reserve_{2};
};

inline constexpr absl::Duration kReconnectInterval = absl::Milliseconds(50);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_HANDOFF_CLIENT_H_
