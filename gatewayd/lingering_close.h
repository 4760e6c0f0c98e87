#ifndef FAAS_GATEWAYD_LINGERING_CLOSE_H_
#define FAAS_GATEWAYD_LINGERING_CLOSE_H_

#include <cstddef>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"

namespace faas::gatewayd {

// Sends last answers and closes connections so that the client gets to read
// them: a socket that is closed with unread input is reset, and the reset
// destroys the answer on its way. So the writing side is shut down first, and
// what the client still sends is read and dropped, for a bounded time.
class LingeringClose {
 public:
  explicit LingeringClose(event::EventLoop* loop) : loop_(loop) {}
  ~LingeringClose();

  // No byte may have been sent on `fd` yet.
  void AnswerAndClose(base::UniqueFd fd, const std::string& response);

  // The same without a stay: only what has come by now is read and dropped.
  static void AnswerAndCloseNow(base::UniqueFd fd, const std::string& response);

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

// How long, how much and how many: beyond these a connection is just closed.
inline constexpr absl::Duration kLingerTime = absl::Seconds(2);
inline constexpr size_t kLingerBytes = 256 << 10;
inline constexpr size_t kMaxLingering = 1024;

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LINGERING_CLOSE_H_
