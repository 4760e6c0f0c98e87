#include "gatewayd/listener_table.h"

#include <sys/epoll.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/rpc/status.h"
#include "gatewayd/address_pool.h"
#include "gatewayd/interface_addresses.h"
#include "gatewayd/lingering_close.h"
#include "gatewayd/platform_answer.h"

namespace faas::gatewayd {
namespace {

constexpr absl::Duration kMaintainInterval = absl::Seconds(1);
// Connections accepted in one turn, before the other listeners get theirs.
constexpr int kAcceptsPerTurn = 64;
// So many free addresses in a row whose port is taken: somebody listens on all.
constexpr int kMaxBusyAddresses = 8;

Protocol ProtocolOf(const v1::Function& function) {
  return function.options().protocol() == v1::FunctionOptions::PROTOCOL_TCP
             ? Protocol::kTcp
             : Protocol::kHttp;
}

}  // namespace

ListenerTable::ListenerTable(event::EventLoop* loop, Options options,
                             OnAccept on_accept,
                             std::unique_ptr<Loopback> loopback)
    : loop_(loop),
      options_(options),
      on_accept_(std::move(on_accept)),
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

// Somebody, perhaps we ourselves, has added or removed an address.
void ListenerTable::OnAddressEvent() {
  DrainAddressEvents(address_events_.get());
  absl::Status status = loopback_->Refresh();
  for (auto& [function, entry] : entries_) {
    if (status.ok()) status = loopback_->Ensure(entry.address);
  }
  if (!status.ok()) log::Line("listener", std::string(status.message()));
}

absl::Status ListenerTable::Open(const std::string& function, Entry& entry) {
  RETURN_IF_ERROR(loopback_->Ensure(entry.address));
  ASSIGN_OR_RETURN(entry.fd,
                   ListenTcp(entry.address, entry.port, options_.mark));
  RETURN_IF_ERROR(SetProtocol(entry.fd.get(), entry.protocol));
  entry.error.clear();
  log::Line("listener",
            absl::StrCat("Listening on ", net::ToString(entry.address), ":",
                         entry.port, " for ", function));
  return absl::OkStatus();
}

absl::StatusOr<net::Ipv4> ListenerTable::Reserve(const std::string& function) {
  if (const auto it = entries_.find(function); it != entries_.end()) {
    it->second.reserved_at = event::EventLoop::Now();
    return it->second.address;
  }
  if (!synced_) {
    return absl::UnavailableError("gatewayd has not read the registry yet");
  }
  RETURN_IF_ERROR(loopback_->Refresh());
  std::set<net::Ipv4> taken = loopback_->Foreign();
  for (const auto& [name, entry] : entries_) taken.insert(entry.address);
  int busy = 0;
  while (const auto free = LowestFreeAddress(options_.pool, taken)) {
    const bool was_there = loopback_->Has(*free);
    Entry entry;
    entry.address = *free;
    entry.port = options_.port;
    entry.reserved = true;
    entry.reserved_at = event::EventLoop::Now();
    const absl::Status status = Open(function, entry);
    if (status.ok()) {
      entries_.emplace(function, std::move(entry));
      return *free;
    }
    if (!was_there) RETURN_IF_ERROR(loopback_->Remove(*free));
    // Another program listens on that address and port: not ours either.
    if (!absl::IsAlreadyExists(status)) return status;
    if (++busy == kMaxBusyAddresses) return PortInUse();
    taken.insert(*free);
  }
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
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto current = it++;
    const bool known = state.functions.count(current->first) > 0;
    if (!known && !current->second.reserved) Remove(current);
  }
  std::set<net::Ipv4> keep;
  for (const auto& [name, function] : state.functions) {
    const auto address = net::ParseIpv4(function.address());
    if (!address.ok()) continue;  // registryd wrote it; a newer one may differ
    auto it = entries_.find(name);
    if (it != entries_.end() && !(it->second.address == *address)) {
      Remove(it);
      it = entries_.end();
    }
    Entry& entry = it != entries_.end() ? it->second : entries_[name];
    entry.address = *address;
    entry.port = static_cast<uint16_t>(function.port());
    entry.reserved = false;
    ApplyProtocol(name, entry, ProtocolOf(function));
  }
  for (const auto& [name, entry] : entries_) keep.insert(entry.address);
  if (!synced_) {
    synced_ = true;
    const absl::Status status = loopback_->RemoveAllBut(keep);
    if (!status.ok()) log::Line("listener", std::string(status.message()));
  }
  loop_->CancelTimer(maintain_timer_);
  Maintain();
}

// Open sets that of a listener which is not open yet.
void ListenerTable::ApplyProtocol(const std::string& function, Entry& entry,
                                  Protocol protocol) {
  if (entry.protocol == protocol) return;
  entry.protocol = protocol;
  if (!entry.fd.valid()) return;
  const absl::Status status = SetProtocol(entry.fd.get(), protocol);
  if (status.ok()) return;
  log::Line("listener",
            absl::StrCat(status.message(), " (for ", function, ")"));
}

// Opens what should be open and is not; drops reservations that have expired.
void ListenerTable::Maintain() {
  spare_fd_.Refill();
  const absl::Time now = event::EventLoop::Now();
  for (auto it = entries_.begin(); it != entries_.end();) {
    const auto current = it++;
    auto& [function, entry] = *current;
    if (entry.reserved) {
      if (now - entry.reserved_at > kReservationTime) Remove(current);
      continue;
    }
    if (entry.watch != 0) continue;
    absl::Status status;
    if (!entry.fd.valid()) status = Open(function, entry);
    if (status.ok()) status = StartAccepting(function, entry);
    if (status.ok() || status.message() == entry.error) continue;
    entry.error = std::string(status.message());
    log::Line("listener",
              absl::StrCat(entry.error, " (for ", function, "; trying again)"));
  }
  maintain_timer_ = loop_->After(kMaintainInterval, [this] { Maintain(); });
}

absl::Status ListenerTable::StartAccepting(const std::string& function,
                                           Entry& entry) {
  ASSIGN_OR_RETURN(entry.watch, loop_->Watch(entry.fd.get(), EPOLLIN,
                                             [this, function](uint32_t) {
                                               OnReadable(function);
                                             }));
  return absl::OkStatus();
}

void ListenerTable::Rest(const std::string& function) {
  const auto it = entries_.find(function);
  if (it == entries_.end() || it->second.watch == 0) return;
  loop_->Unwatch(std::exchange(it->second.watch, 0));
  resting_.push_back(function);
  if (rest_timer_ == 0) {
    rest_timer_ = loop_->After(kRestTime, [this] { EndRests(); });
  }
}

void ListenerTable::EndRests() {
  rest_timer_ = 0;
  for (const std::string& function : std::exchange(resting_, {})) {
    const auto it = entries_.find(function);
    if (it == entries_.end() || it->second.watch != 0 ||
        !it->second.fd.valid()) {
      continue;
    }
    // If not, Maintain tries again, and says so.
    StartAccepting(function, it->second).IgnoreError();
  }
}

void ListenerTable::OnReadable(const std::string& function) {
  Entry& entry = entries_.at(function);
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    absl::StatusOr<Accepted> accepted = AcceptTcp(entry.fd.get());
    if (accepted.ok()) {
      accepted->protocol = entry.protocol;
      on_accept_(*std::move(accepted), function);
      continue;
    }
    if (absl::IsUnavailable(accepted.status())) return;
    if (absl::IsResourceExhausted(accepted.status()) &&
        RefuseOne(function, entry)) {
      continue;
    }
    // Nothing helps for the moment, and epoll would report the listener again
    // and again. Maintain begins anew.
    loop_->Unwatch(entry.watch);
    entry.watch = 0;
    log::Line("listener", absl::StrCat(accepted.status().message(), " (for ",
                                       function, "; trying again)"));
    return;
  }
}

// Out of descriptors: the connection is taken on the spare one, told so, and
// closed.
bool ListenerTable::RefuseOne(const std::string& function, const Entry& entry) {
  spare_fd_.GiveUp();
  absl::StatusOr<Accepted> accepted = AcceptTcp(entry.fd.get());
  if (accepted.ok() && entry.protocol == Protocol::kHttp) {
    LingeringClose::SayAndClose(std::move(accepted->fd),
                                HttpResponse(OutOfDescriptors(), function));
  } else if (accepted.ok()) {
    accepted->fd.reset();
  }
  spare_fd_.Refill();
  if (accepted.ok()) {
    log::Line("listener", absl::StrCat("out of descriptors or memory; refused "
                                       "a connection to ",
                                       function));
  }
  return accepted.ok();
}

void ListenerTable::Remove(std::map<std::string, Entry>::iterator it) {
  loop_->Unwatch(it->second.watch);
  it->second.fd.reset();
  const absl::Status status = loopback_->Remove(it->second.address);
  if (!status.ok()) log::Line("listener", std::string(status.message()));
  log::Line("listener",
            absl::StrCat("Closed ", net::ToString(it->second.address), ":",
                         it->second.port, " of ", it->first));
  entries_.erase(it);
}

void ListenerTable::Close() {
  for (auto& [function, entry] : entries_) {
    loop_->Unwatch(entry.watch);
    entry.fd.reset();
  }
  entries_.clear();
}

std::vector<v1::Listener> ListenerTable::List() const {
  std::vector<v1::Listener> listeners;
  for (const auto& [function, entry] : entries_) {
    v1::Listener& listener = listeners.emplace_back();
    listener.set_function(function);
    listener.set_address(net::ToString(entry.address));
    listener.set_port(entry.port);
    listener.set_error(entry.error);
  }
  return listeners;
}

}  // namespace faas::gatewayd
