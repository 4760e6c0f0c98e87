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

// A SilentConnections keeps accepted connections whose client has to speak
// first and has sent nothing yet. They wait here, where each costs a descriptor
// but no container. A connection is closed without an answer if it stays silent
// for too long, if its client leaves, or if it is the oldest one when there are
// too many: nobody has asked for anything. All methods belong to the thread of
// the event loop.
class SilentConnections {
 public:
  struct Options {
    // How long a connection may stay here.
    absl::Duration first_byte_timeout;
    // How many connections are kept.
    size_t max_silent = 0;
  };
  using OnFirstByte =
      std::function<void(Accepted accepted, const std::string& function)>;

  SilentConnections(event::EventLoop* loop, Options options,
                    OnFirstByte on_first_byte);
  ~SilentConnections();

  // Gives the connection to `on_first_byte`: at once if there is something to
  // read, which costs one system call to find out, or as soon as there is.
  void Add(Accepted accepted, const std::string& function);

  // Closes all connections.
  void Close();

  size_t size() const { return silent_.size(); }

 private:
  struct Silent {
    Accepted accepted;
    std::string function;
    event::EventLoop::Token watch;
    absl::Time since;  // By EventLoop::Now.
  };
  using Entries = std::map<uint64_t, Silent>;

  void OnReadable(uint64_t id);
  void CloseOverdue();
  // Removes a connection and ends its watch. The connection is closed with the
  // result, unless the caller moves it out.
  Silent Take(Entries::iterator it);

  event::EventLoop* const loop_;
  const Options options_;
  const OnFirstByte on_first_byte_;
  uint64_t next_id_ = 0;
  Entries silent_;                     // By id, so the oldest comes first.
  event::EventLoop::Token timer_ = 0;  // 0 while none is running.
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SILENT_CONNECTIONS_H_
