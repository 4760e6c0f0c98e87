#ifndef FAAS_GATEWAYD_LISTENER_TABLE_H_
#define FAAS_GATEWAYD_LISTENER_TABLE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "common/net/ipv4.h"
#include "faas/v1/gateway_service.pb.h"
#include "function/function_watch.h"
#include "gatewayd/function_listener.h"
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
    std::unique_ptr<FunctionListener> listener;
    // Whether the registry does not have the function yet, and since when.
    bool reserved = false;
    absl::Time reserved_at;
    // Why the listener could not be opened the last time; empty if it is.
    std::string error;
  };
  using Entries = std::map<std::string, Entry>;

  ListenerTable(event::EventLoop* loop, Options options, OnAccept on_accept,
                std::unique_ptr<Loopback> loopback);
  absl::Status WatchAddressEvents();
  void OnAddressEvent();
  std::unique_ptr<FunctionListener> NewListener(const std::string& function,
                                                net::Ipv4 address,
                                                uint16_t port) const;
  absl::Status Open(FunctionListener& listener);
  absl::StatusOr<net::Ipv4> ReserveFreeAddress(const std::string& function);
  absl::Status NoFreeAddress() const;
  absl::Status PortInUse() const;
  void RemoveUnknown(const function::FunctionState& state);
  void Add(const std::string& name, const v1::Function& function);
  void RemoveOldAddresses();
  void Remove(Entries::iterator it);
  void Maintain();
  void OpenAndAccept(const std::string& function, Entry& entry);
  void EndRests();

  event::EventLoop* const loop_;
  const Options options_;
  ReserveDescriptors reserve_{1};
  const FunctionListener::Environment environment_;
  const std::unique_ptr<Loopback> loopback_;
  Entries entries_;
  base::UniqueFd address_events_;
  event::EventLoop::Token address_watch_ = 0;
  event::EventLoop::Token maintain_timer_ = 0, rest_timer_ = 0;
  // The functions whose listeners rest until rest_timer_ fires.
  std::vector<std::string> resting_;
  // Whether Apply has been called.
  bool synced_ = false;
};

// What an overload adds to the time of a 503, at most.
inline constexpr absl::Duration kRestTime = absl::Milliseconds(10);

// Reservations that no function has followed expire.
inline constexpr absl::Duration kReservationTime = absl::Minutes(1);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LISTENER_TABLE_H_
