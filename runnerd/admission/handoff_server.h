#ifndef FAAS_RUNNERD_ADMISSION_HANDOFF_SERVER_H_
#define FAAS_RUNNERD_ADMISSION_HANDOFF_SERVER_H_

#include <sys/types.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "faas/internal/v1/handoff.pb.h"

namespace faas::runnerd {

// A HandoffServer is runnerd's end of the hand-off channel
// (handoff/handoff.h). Runs on the loop's thread.
class HandoffServer {
 public:
  // The number of a channel in this run of runnerd; 0 means none.
  using Channel = uint64_t;

  struct Callbacks {
    // gatewayd offers a connection.
    std::function<void(Channel, const internal::v1::Offer&, base::UniqueFd)>
        on_offer;
    // The channel has ended: gatewayd has gone or has connected anew, it broke
    // the protocol, or Close was called.
    std::function<void(Channel)> on_end;
  };

  // Listens on <run_dir>/handoff.sock: from then on gatewayd offers
  // connections. The socket belongs to the user `gateway`; nobody else may
  // connect, not even root. `loop` must outlive this object.
  static absl::StatusOr<std::unique_ptr<HandoffServer>> Listen(
      event::EventLoop* loop, const std::string& run_dir, uid_t gateway,
      Callbacks callbacks);
  ~HandoffServer();

  // Ends the channel, if there is one, and stops listening.
  void Close();

  // Sends COMMIT. OK means that the message is in the channel; then, and only
  // then, the connection may be passed on. RESOURCE_EXHAUSTED: try again after
  // kChannelRetryInterval. UNAVAILABLE: the channel has ended, and the
  // connection belongs to gatewayd again.
  absl::Status Commit(Channel channel, uint64_t connection_id);

  // Sends REJECT as soon as the channel has room. Does nothing if the channel
  // has ended.
  void Reject(Channel channel, uint64_t connection_id,
              internal::v1::Reject::Reason reason, const std::string& detail);

 private:
  HandoffServer(event::EventLoop* loop, std::string path, uid_t gateway,
                Callbacks callbacks)
      : loop_(loop),
        path_(std::move(path)),
        gateway_(gateway),
        callbacks_(std::move(callbacks)) {}
  absl::Status Bind(const std::string& run_dir);
  absl::Status WatchListener();
  void OnConnect();
  void RetryAccepting();
  void OnReadable();
  void EndChannel();
  void FlushRejects();

  event::EventLoop* const loop_;
  const std::string path_;
  const uid_t gateway_;
  const Callbacks callbacks_;
  base::UniqueFd listener_;
  event::EventLoop::Token listener_watch_ = 0;
  base::UniqueFd channel_fd_;
  event::EventLoop::Token channel_watch_ = 0;
  Channel channel_ = 0;
  std::deque<internal::v1::HandoffMessage> rejects_;
  event::EventLoop::Token retry_timer_ = 0, accept_timer_ = 0;
};

// The pause before a message is sent again to a channel that was full. gatewayd
// empties the channel within a few turns of its loop.
inline constexpr absl::Duration kChannelRetryInterval = absl::Milliseconds(2);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_ADMISSION_HANDOFF_SERVER_H_
