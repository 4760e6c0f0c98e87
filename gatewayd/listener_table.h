#ifndef FAAS_GATEWAYD_LISTENER_TABLE_H_
#define FAAS_GATEWAYD_LISTENER_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "common/net/ipv4.h"
#include "faas/v1/gateway_service.pb.h"
#include "function/function_watch.h"
#include "gatewayd/loopback.h"
#include "gatewayd/reserve_descriptors.h"
#include "gatewayd/tcp_listener.h"

namespace faas::gatewayd {

// The listening sockets and loopback addresses of the functions: brings what
// is there to what the registry says, and keeps it there. One thread, the
// loop's.
class ListenerTable {
 public:
  struct Options {
    net::Ipv4Prefix pool;
    uint16_t port = 80;
    // Of the listeners; see SocketGuard.
    uint32_t mark = 0;
  };
  using OnAccept =
      std::function<void(Accepted accepted, const std::string& function)>;

  static absl::StatusOr<std::unique_ptr<ListenerTable>> Create(
      event::EventLoop* loop, const Options& options, OnAccept on_accept);
  ~ListenerTable();

  // Takes and listens on a free address for a function that is to come; the
  // same again if it has one. RESOURCE_EXHAUSTED (NO_FREE_ADDRESS);
  // UNAVAILABLE before the first Apply: what is free is not known yet.
  absl::StatusOr<net::Ipv4> Reserve(const std::string& function);
  // Undoes it; does nothing to functions that the registry has.
  void Release(const std::string& function);

  // Makes the listeners those of `state`. Those that cannot be made now are
  // tried again.
  void Apply(const function::FunctionState& state);

  // Accepts nothing for a function for kRestTime, as far as that is possible:
  // while most of its connections are turned away, they are taken in handfuls,
  // for each turn costs what its containers could use.
  void Rest(const std::string& function);

  // Closes all listeners; the addresses stay.
  void Close();

  // Ordered by function; without counters.
  std::vector<v1::Listener> List() const;

  uint16_t port() const { return options_.port; }

 private:
  struct Entry {
    net::Ipv4 address;
    uint16_t port = 0;
    Protocol protocol = Protocol::kHttp;
    base::UniqueFd fd;
    event::EventLoop::Token watch = 0;  // 0: not accepting
    bool reserved = false;              // not in the registry yet
    absl::Time reserved_at;
    std::string error;
  };

  ListenerTable(event::EventLoop* loop, Options options, OnAccept on_accept,
                std::unique_ptr<Loopback> loopback);
  absl::Status WatchAddressEvents();
  void OnAddressEvent();
  absl::Status Open(const std::string& function, Entry& entry);
  absl::Status StartAccepting(const std::string& function, Entry& entry);
  void ApplyProtocol(const std::string& function, Entry& entry,
                     Protocol protocol);
  void OnReadable(const std::string& function);
  bool RefuseOne(const std::string& function, const Entry& entry);
  absl::Status PortInUse() const;
  void Remove(std::map<std::string, Entry>::iterator it);
  void Maintain();
  void EndRests();

  event::EventLoop* const loop_;
  const Options options_;
  const OnAccept on_accept_;
  const std::unique_ptr<Loopback> loopback_;
  std::map<std::string, Entry> entries_;
  // Given up to accept, and turn away, one connection when we are out of
  // descriptors.
  ReserveDescriptors spare_fd_{1};
  base::UniqueFd address_events_;
  event::EventLoop::Token address_watch_ = 0;
  event::EventLoop::Token maintain_timer_ = 0, rest_timer_ = 0;
  std::vector<std::string> resting_;
  bool synced_ = false;
};

// What an overload adds to the time of a 503, at most.
inline constexpr absl::Duration kRestTime = absl::Milliseconds(10);

// Reservations that no function has followed expire.
inline constexpr absl::Duration kReservationTime = absl::Minutes(1);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LISTENER_TABLE_H_
