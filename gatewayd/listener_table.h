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

// A ListenerTable owns the listening sockets and the loopback addresses of the
// functions. It brings them to what the registry says and keeps them so: it
// tries again what failed, and puts an address back that somebody has removed.
// All methods belong to the thread of the event loop.
class ListenerTable {
 public:
  struct Options {
    // Where the addresses of new functions come from.
    net::Ipv4Prefix pool;
    // The TCP port of new functions.
    uint16_t port = 80;
    // The SO_MARK of the sockets; see SocketGuard.
    uint32_t mark = 0;
  };
  using OnAccept =
      std::function<void(Accepted accepted, const std::string& function)>;

  // Makes a table without functions. `on_accept` gets each accepted connection.
  // Borrows `loop`, which must outlive the table.
  static absl::StatusOr<std::unique_ptr<ListenerTable>> Create(
      event::EventLoop* loop, const Options& options, OnAccept on_accept);
  ~ListenerTable();

  // Takes a free address for a function that the registry is about to get, and
  // listens on it without accepting. Returns the same address again if the
  // function has one. RESOURCE_EXHAUSTED, with the reason NO_FREE_ADDRESS, if
  // there is no free one; UNAVAILABLE before the first Apply, when it is not
  // known yet which addresses are free.
  absl::StatusOr<net::Ipv4> Reserve(const std::string& function);
  // Gives the address of Reserve up. Does nothing if the registry has the
  // function.
  void Release(const std::string& function);

  // Makes the listeners those of the functions in `state`. Keeps reservations,
  // and tries again later to open what cannot be opened now.
  void Apply(const function::FunctionState& state);

  // Accepts nothing for a function during kRestTime. While most connections of
  // a function are turned away, it is cheaper to accept them in groups, and
  // what is saved is left to the function's containers.
  void Rest(const std::string& function);

  // Closes all listeners. The addresses stay on the interface.
  void Close();

  // Returns the listeners, ordered by function, without counters.
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

// The longest time that Rest adds to a 503 answer.
inline constexpr absl::Duration kRestTime = absl::Milliseconds(10);

// A reservation expires after this time if the registry has not got the
// function.
inline constexpr absl::Duration kReservationTime = absl::Minutes(1);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_LISTENER_TABLE_H_
