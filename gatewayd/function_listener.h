#ifndef FAAS_GATEWAYD_FUNCTION_LISTENER_H_
#define FAAS_GATEWAYD_FUNCTION_LISTENER_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "common/net/ipv4.h"
#include "gatewayd/reserve_descriptors.h"
#include "gatewayd/tcp_listener.h"

namespace faas::gatewayd {

// A FunctionListener is the listening socket of one function. It accepts
// connections whenever there are some, unless it is paused, and gives them to a
// callback. All methods belong to the thread of the event loop.
class FunctionListener {
 public:
  // What the listeners of all functions have in common.
  struct Environment {
    event::EventLoop* loop;
    std::function<void(Accepted accepted, const std::string& function)>
        on_accept;
    // A descriptor that is released to accept, and turn away, one connection
    // when the process is out of descriptors.
    ReserveDescriptors* reserve;
    // The SO_MARK of the socket and of what it accepts; 0 for none.
    uint32_t mark = 0;
  };

  // Borrows `environment`, which must outlive the listener. Opens nothing yet.
  FunctionListener(const Environment* environment, std::string function,
                   net::Ipv4 address, uint16_t port);
  // Closes the socket.
  ~FunctionListener();
  FunctionListener(const FunctionListener&) = delete;
  FunctionListener& operator=(const FunctionListener&) = delete;

  net::Ipv4 address() const { return address_; }
  uint16_t port() const { return port_; }
  bool open() const { return socket_.valid(); }
  bool accepting() const { return watch_ != 0; }

  // Opens the socket, so that clients can connect, but accepts nothing yet. The
  // address must be configured. ALREADY_EXISTS if another program has the port.
  absl::Status Open();

  // Begins to accept, or goes on after Pause. Must be open.
  absl::Status StartAccepting();

  // Accepts nothing until StartAccepting; clients wait in the kernel's queue.
  void Pause();

  // Sets who speaks first on connections that are accepted from now on.
  void SetProtocol(Protocol protocol);

 private:
  void OnReadable();
  bool RefuseOne();

  const Environment& environment_;
  const std::string function_;
  const net::Ipv4 address_;
  const uint16_t port_;
  Protocol protocol_ = Protocol::kHttp;
  base::UniqueFd socket_;
  event::EventLoop::Token watch_ = 0;  // 0 while it accepts nothing.
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_FUNCTION_LISTENER_H_
