#ifndef FAAS_GATEWAYD_LINGERING_CLOSE_H_
#define FAAS_GATEWAYD_LINGERING_CLOSE_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"

namespace faas::gatewayd {

// A LingeringClose sends a last answer on a connection and then closes it so
// that the client can read the answer. If a socket is closed while it has
// unread input, the kernel resets the connection, and the client may lose the
// answer. So the class shuts down the writing side first, and then reads and
// drops what the client still sends, for a bounded time, before it closes the
// socket.
//
// All methods belong to the thread of the event loop.
class LingeringClose {
 public:
  explicit LingeringClose(event::EventLoop* loop) : loop_(loop) {}
  ~LingeringClose();

  // Sends `response` on `fd` and closes it once the client has closed its end,
  // or at one of the limits below. Nothing may have been sent on `fd` yet.
  void AnswerAndClose(base::UniqueFd fd, const std::string& response);

  // Does the same without waiting for the client: reads and drops only what has
  // come by now. For a moment when there is no descriptor to keep.
  static void AnswerAndCloseNow(base::UniqueFd fd, const std::string& response);

  // Returns how many connections wait for their clients to close.
  size_t lingering() const { return lingering_.size(); }

 private:
  struct Lingering {
    base::UniqueFd fd;
    event::EventLoop::Token watch;
    event::EventLoop::Token timer;
    size_t dropped_bytes = 0;
  };

  void OnReadable(uint64_t id);
  void End(uint64_t id);

  event::EventLoop* const loop_;
  uint64_t next_id_ = 0;
  absl::flat_hash_map<uint64_t, Lingering> lingering_;
};

// A connection is closed at once if it lingers for longer than kLingerTime, if
// its client has sent more than kLingerBytes since the answer, or if
// kMaxLingering other connections are lingering.
inline constexpr absl::Duration kLingerTime = absl::Seconds(2);
inline constexpr size_t kLingerBytes = 256 << 10;
inline constexpr size_t kMaxLingering = 1024;

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LINGERING_CLOSE_H_
