#ifndef FAAS_GATEWAYD_SILENT_CONNECTIONS_H_
#define FAAS_GATEWAYD_SILENT_CONNECTIONS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "gatewayd/tcp_listener.h"

namespace faas::gatewayd {

// Accepted connections whose client has to speak first and has sent nothing
// yet. They wait here, where they cost a descriptor and no container. Those
// that stay silent for too long, whose client leaves, and the oldest when there
// are too many are closed without a word: nobody has asked for anything. One
// thread, the loop's.
class SilentConnections {
 public:
  struct Options {
    // From its arrival here to its first byte.
    absl::Duration first_byte_timeout;
    // More than this are not kept.
    size_t max_silent = 0;
  };
  using OnFirstByte =
      std::function<void(Accepted accepted, const std::string& function)>;

  SilentConnections(event::EventLoop* loop, Options options,
                    OnFirstByte on_first_byte);
  ~SilentConnections();

  // Gives it to `on_first_byte` at once if there is something to read, which
  // costs one system call, or keeps it until there is.
  void Add(Accepted accepted, const std::string& function);

  // Closes all.
  void Close();

  size_t size() const { return silent_.size(); }

 private:
  struct Silent {
    Accepted accepted;
    std::string function;
    event::EventLoop::Token watch;
    absl::Time since;  // EventLoop::Now
  };
  using Entries = std::map<uint64_t, Silent>;

  void OnReadable(uint64_t id);
  void CloseOverdue();
  // Ends the watch, because whoever gets the connection next has its own; it
  // closes the connection if nobody takes it from the result.
  Silent Take(Entries::iterator it);

  event::EventLoop* const loop_;
  const Options options_;
  const OnFirstByte on_first_byte_;
  uint64_t next_id_ = 0;
  Entries silent_;                     // the oldest first
  event::EventLoop::Token timer_ = 0;  // 0: none is running
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SILENT_CONNECTIONS_H_
