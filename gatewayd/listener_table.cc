#include "gatewayd/listener_table.h"

#include <sys/epoll.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/rpc/status.h"
#include "gatewayd/address_pool.h"
#include "gatewayd/interface_addresses.h"

namespace faas::gatewayd {
namespace {

constexpr absl::Duration kMaintainInterval = absl::Seconds(1);
// After so many free addresses in a row whose port is taken, another program
// must be listening on all addresses.
constexpr int kMaxBusyAddresses = 8;

Protocol ProtocolOf(const v1::Function& function) {
  return function.options().protocol() == v1::FunctionOptions::PROTOCOL_TCP
             ? Protocol::kTcp
             : Protocol::kHttp;
}

void LogIfError(const absl::Status& status) {
  if (!status.ok()) log::Line("listener", std::string(status.message()));
}

}  // namespace

ListenerTable::ListenerTable(event::EventLoop* loop, Options options,
                             OnAccept on_accept,
                             std::unique_ptr<Loopback> loopback)
    : loop_(loop),
      options_(options),
      environment_{.loop = loop,
                   .on_accept = std::move(on_accept),
                   .reserve = &reserve_,
                   .mark = options.mark},
      loopback_(std::move(loopback)) {}

absl::StatusOr<std::unique_ptr<ListenerTable>> ListenerTable::Create(
    event::EventLoop* loop, const Options& options, OnAccept on_accept) {
  ASSIGN_OR_RETURN(auto loopback, Loopback::Open(options.pool));
  auto table = std::unique_ptr<ListenerTable>(new ListenerTable(
      loop, options, std::move(on_accept), std::move(loopback)));
  RETURN_IF_ERROR(table->WatchAddressEvents());
  table->Maintain();
  return table;
}

ListenerTable::~ListenerTable() {
  Close();
  loop_->Unwatch(address_watch_);
  loop_->CancelTimer(maintain_timer_);
  loop_->CancelTimer(rest_timer_);
}

absl::Status ListenerTable::WatchAddressEvents() {
  ASSIGN_OR_RETURN(address_events_, SubscribeAddressEvents());
  ASSIGN_OR_RETURN(address_watch_,
                   loop_->Watch(address_events_.get(), EPOLLIN,
                                [this](uint32_t) { OnAddressEvent(); }));
  return absl::OkStatus();
}

// Somebody, perhaps this process itself, has added or removed an address.
void ListenerTable::OnAddressEvent() {
  DrainAddressEvents(address_events_.get());
  absl::Status status = loopback_->Refresh();
  for (auto& [function, entry] : entries_) {
    if (status.ok()) status = loopback_->Ensure(entry.listener->address());
  }
  LogIfError(status);
}

std::unique_ptr<FunctionListener> ListenerTable::NewListener(
    const std::string& function, net::Ipv4 address, uint16_t port) const {
  return std::make_unique<FunctionListener>(&environment_, function, address,
                                            port);
}

absl::Status ListenerTable::Open(FunctionListener& listener) {
  RETURN_IF_ERROR(loopback_->Ensure(listener.address()));
  return listener.Open();
}

absl::StatusOr<net::Ipv4> ListenerTable::Reserve(const std::string& function) {
  if (const auto it = entries_.find(function); it != entries_.end()) {
    it->second.reserved_at = event::EventLoop::Now();
    return it->second.listener->address();
  }
  if (!synced_) {
    return absl::UnavailableError("gatewayd has not read the registry yet");
  }
  RETURN_IF_ERROR(loopback_->Refresh());
  return ReserveFreeAddress(function);
}

absl::StatusOr<net::Ipv4> ListenerTable::ReserveFreeAddress(
    const std::string& function) {
  std::set<net::Ipv4> taken = loopback_->Foreign();
  for (const auto& [name, entry] : entries_) {
    taken.insert(entry.listener->address());
  }
  int busy = 0;
  while (const auto free = LowestFreeAddress(options_.pool, taken)) {
    const bool was_there = loopback_->Has(*free);
    auto listener = NewListener(function, *free, options_.port);
    const absl::Status status = Open(*listener);
    if (status.ok()) {
      entries_.emplace(function, Entry{.listener = std::move(listener),
                                       .reserved = true,
                                       .reserved_at = event::EventLoop::Now()});
      return *free;
    }
    if (!was_there) RETURN_IF_ERROR(loopback_->Remove(*free));
    // Another program listens on that address and port, so it is not free.
    if (!absl::IsAlreadyExists(status)) return status;
    if (++busy == kMaxBusyAddresses) return PortInUse();
    taken.insert(*free);
  }
  return NoFreeAddress();
}

absl::Status ListenerTable::NoFreeAddress() const {
  return rpc::WithReason(
      absl::ResourceExhaustedError(absl::StrCat(
          "no free address in ", net::ToString(options_.pool),
          "; remove a function (\"faas rm\"), or start faasd with a larger "
          "--pool")),
      "NO_FREE_ADDRESS");
}

absl::Status ListenerTable::PortInUse() const {
  return rpc::WithReason(
      absl::ResourceExhaustedError(absl::StrCat(
          "no address in ", net::ToString(options_.pool), " has port ",
          options_.port, " free; does another program listen on 0.0.0.0:",
          options_.port, "? stop it, or start faasd with another --port")),
      "NO_FREE_ADDRESS");
}

void ListenerTable::Release(const std::string& function) {
  const auto it = entries_.find(function);
  if (it != entries_.end() && it->second.reserved) Remove(it);
}

void ListenerTable::Apply(const function::FunctionState& state) {
  RemoveUnknown(state);
  for (const auto& [name, function] : state.functions) Add(name, function);
  if (!std::exchange(synced_, true)) RemoveOldAddresses();
  loop_->CancelTimer(maintain_timer_);
  Maintain();
}

void ListenerTable::RemoveUnknown(const function::FunctionState& state) {
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto current = it++;
    const bool known = state.functions.count(current->first) > 0;
    if (!known && !current->second.reserved) Remove(current);
  }
}

void ListenerTable::Add(const std::string& name, const v1::Function& function) {
  // registryd, which wrote the address, may be newer than this gatewayd.
  const auto address = net::ParseIpv4(function.address());
  if (!address.ok()) return;
  const auto port = static_cast<uint16_t>(function.port());
  const auto it = entries_.find(name);
  if (it != entries_.end() && (it->second.listener->address() != *address ||
                               it->second.listener->port() != port)) {
    Remove(it);
  }
  Entry& entry = entries_[name];
  if (entry.listener == nullptr) {
    entry.listener = NewListener(name, *address, port);
  }
  entry.reserved = false;
  entry.listener->SetProtocol(ProtocolOf(function));
}

// Removes the addresses of functions that existed in a previous run and do not
// exist any more.
void ListenerTable::RemoveOldAddresses() {
  std::set<net::Ipv4> keep;
  for (const auto& [name, entry] : entries_) {
    keep.insert(entry.listener->address());
  }
  LogIfError(loopback_->RemoveAllBut(keep));
}

// Opens what should be open and is not, and drops reservations that have
// expired.
void ListenerTable::Maintain() {
  reserve_.Refill();
  const absl::Time now = event::EventLoop::Now();
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto current = it++;
    auto& [function, entry] = *current;
    if (!entry.reserved) {
      OpenAndAccept(function, entry);
    } else if (now - entry.reserved_at > kReservationTime) {
      Remove(current);
    }
  }
  maintain_timer_ = loop_->After(kMaintainInterval, [this] { Maintain(); });
}

// Logs an error only once, because it is tried again every second.
void ListenerTable::OpenAndAccept(const std::string& function, Entry& entry) {
  if (entry.listener->accepting()) return;
  absl::Status status;
  if (!entry.listener->open()) status = Open(*entry.listener);
  if (status.ok()) status = entry.listener->StartAccepting();
  if (status.message() == entry.error) return;
  entry.error = std::string(status.message());
  if (status.ok()) return;
  log::Line("listener",
            absl::StrCat(entry.error, " (for ", function, "; trying again)"));
}

void ListenerTable::Rest(const std::string& function) {
  const auto it = entries_.find(function);
  if (it == entries_.end() || !it->second.listener->accepting()) return;
  it->second.listener->Pause();
  resting_.push_back(function);
  if (rest_timer_ == 0) {
    rest_timer_ = loop_->After(kRestTime, [this] { EndRests(); });
  }
}

void ListenerTable::EndRests() {
  rest_timer_ = 0;
  for (const std::string& function : std::exchange(resting_, {})) {
    const auto it = entries_.find(function);
    if (it == entries_.end()) continue;
    FunctionListener& listener = *it->second.listener;
    if (listener.accepting() || !listener.open()) continue;
    // If it fails, Maintain tries again, and logs the error.
    listener.StartAccepting().IgnoreError();
  }
}

void ListenerTable::Remove(Entries::iterator it) {
  const net::Ipv4 address = it->second.listener->address();
  const uint16_t port = it->second.listener->port();
  it->second.listener.reset();
  LogIfError(loopback_->Remove(address));
  log::Line("listener", absl::StrCat("Closed ", net::ToString(address), ":",
                                     port, " of ", it->first));
  entries_.erase(it);
}

void ListenerTable::Close() { entries_.clear(); }

std::vector<v1::Listener> ListenerTable::List() const {
  std::vector<v1::Listener> listeners;
  for (const auto& [function, entry] : entries_) {
    v1::Listener& listener = listeners.emplace_back();
    listener.set_function(function);
    listener.set_address(net::ToString(entry.listener->address()));
    listener.set_port(entry.listener->port());
    listener.set_error(entry.error);
  }
  return listeners;
}

}  // namespace faas::gatewayd
