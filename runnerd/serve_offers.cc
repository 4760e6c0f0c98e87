// The part of the Runner that turns offers into instances.

#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/log/log.h"
#include "common/net/hang_up.h"
#include "runnerd/runner.h"

namespace faas::runnerd {
namespace {

std::string AddressOf(absl::string_view peer) {
  return std::string(peer.substr(0, peer.rfind(':')));
}

}  // namespace

void Runner::OnOffer(OfferedConnection connection) {
  const internal::v1::Offer& offer = connection.offer;
  log::Line(
      "request",
      absl::StrCat("Handling request from ('",
                   absl::StrReplaceAll(offer.peer(), {{":", "', "}}), ")"));
  const std::string& function = offer.function();
  const auto revision = revisions_.Find(function);
  if (revision == nullptr) {
    Reject(connection, internal::v1::Reject::REASON_UNKNOWN_FUNCTION, "");
    return;
  }
  if (const absl::Status status = Check(connection); !status.ok()) {
    log::Line("handoff", absl::StrCat(status.message(), " to ", function));
    Reject(connection, internal::v1::Reject::REASON_NOT_ITS_CONNECTION,
           std::string(status.message()));
    return;
  }
  SettingsOf(*revision);
  const absl::Time now = event::EventLoop::Now();
  if (SparePool* pool = spares_.Find(function)) pool->OnArrival(now);
  // Offered again, after a channel has ended: what was started for it before
  // is still ending.
  Detach(offer.connection_id());
  const auto refused = scheduler_.Add(
      {offer.connection_id(), function, AddressOf(offer.peer())}, now);
  if (refused.has_value()) {
    Reject(connection, *refused, "");
    return;
  }
  Wait(std::move(connection));
}

absl::Status Runner::Check(const OfferedConnection& connection) const {
  const auto endpoint = endpoints_.find(connection.offer.function());
  return CheckConnection(connection.fd.get(),
                         endpoint == endpoints_.end()
                             ? absl::nullopt
                             : absl::make_optional(endpoint->second));
}

// It may get a container at once, or be there when there is one.
void Runner::Wait(OfferedConnection connection) {
  const uint64_t id = connection.offer.connection_id();
  waiting_[id] = {std::move(connection)};
  Dispatch();
  const auto it = waiting_.find(id);
  if (it == waiting_.end()) return;
  const auto watch = loop_.Watch(it->second.connection.fd.get(), EPOLLRDHUP,
                                 [this, id](uint32_t) { OnHangUp(id); });
  // Without it, it is noticed when its turn comes.
  if (watch.ok()) it->second.hang_up_watch = *watch;
}

void Runner::Reject(const OfferedConnection& connection,
                    internal::v1::Reject::Reason reason,
                    const std::string& detail) {
  handoff_->Reject(connection.channel, connection.offer.connection_id(), reason,
                   detail);
}

// What was not committed belongs to gatewayd again.
void Runner::OnChannelEnd(HandoffServer::Channel channel) {
  const bool outer = std::exchange(dispatching_, true);
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const auto entry = it++;
    if (entry->second.connection.channel != channel) continue;
    loop_.Unwatch(entry->second.hang_up_watch);
    scheduler_.Remove(entry->first, event::EventLoop::Now());
    waiting_.erase(entry);
  }
  for (auto& [id, instance] : instances_) {
    if (instance->channel() != channel) continue;
    log::Line("request", absl::StrCat("Container ", id,
                                      " lost its connection; killing it"));
    Detach(*instance->connection_id());
    instance->Kill();
  }
  dispatching_ = outer;
  Dispatch();
}

void Runner::Detach(uint64_t id) {
  if (active_.erase(id) > 0) scheduler_.Remove(id, event::EventLoop::Now());
}

// Gives containers to those that wait, as long as there are any to be had.
void Runner::Dispatch() {
  if (dispatching_ || handoff_ == nullptr) return;
  dispatching_ = true;
  const auto can_start = [this](const std::string& function) {
    if (starting_ < options_.max_starting) return true;
    SparePool* pool = spares_.Find(function);
    return pool != nullptr && pool->CanServe(revisions_.Find(function).get());
  };
  while (const auto id = scheduler_.Take(event::EventLoop::Now(), can_start)) {
    Serve(*id);
  }
  // One that came later may have less time.
  if (scheduler_.next_expiry() < expiry_time_) AwaitExpiry();
  dispatching_ = false;
  KeepSpares();
}

void Runner::Serve(uint64_t id) {
  auto node = waiting_.extract(id);
  loop_.Unwatch(node.mapped().hang_up_watch);
  OfferedConnection connection = std::move(node.mapped().connection);
  const std::shared_ptr<const Revision> revision =
      revisions_.Find(connection.offer.function());
  if (revision == nullptr || HasHungUp(connection)) {
    Reject(connection,
           revision == nullptr ? internal::v1::Reject::REASON_UNKNOWN_FUNCTION
                               : internal::v1::Reject::REASON_CLIENT_GONE,
           "");
    scheduler_.Remove(id, event::EventLoop::Now());
    return;
  }
  SparePool* pool = spares_.Find(revision->name());
  Instance* spare = pool == nullptr ? nullptr : pool->Claim(revision.get());
  if (spare == nullptr) {
    StartFor(std::move(connection), revision);
    return;
  }
  KeepSparesSoon();
  active_[id] = spare;
  if (spare->state() == v1::Instance::STATE_STARTING) ++starting_;
  spare->Assign(std::move(connection));
}

void Runner::StartFor(OfferedConnection connection,
                      std::shared_ptr<const Revision> revision) {
  const uint64_t id = connection.offer.connection_id();
  const Deadlines& deadlines = SettingsOf(*revision).deadlines;
  auto instance = Instance::Start(&environment_, std::move(revision),
                                  FreeId(id), deadlines, connection, this);
  if (!instance.ok()) {
    const std::string why(instance.status().message());
    log::Line("request", why);
    Reject(connection,
           absl::IsResourceExhausted(instance.status())
               ? internal::v1::Reject::REASON_OVERLOADED
               : internal::v1::Reject::REASON_START_FAILED,
           why);
    scheduler_.Remove(id, event::EventLoop::Now());
    return;
  }
  ++starting_;
  active_[id] = instance->get();
  instances_[(*instance)->id()] = *std::move(instance);
}

// The container's id for a connection or a spare; what had it before may still
// be ending.
std::string Runner::FreeId(uint64_t number) const {
  const std::string id = Instance::IdFor(number);
  if (instances_.count(id) == 0) return id;
  for (int i = 2;; ++i) {
    const std::string next = absl::StrCat(id, "-", i);
    if (instances_.count(next) == 0) return next;
  }
}

bool Runner::HasHungUp(const OfferedConnection& connection) const {
  const auto settings = settings_.find(connection.offer.function());
  return net::HasHungUp(
      connection.fd.get(),
      settings == settings_.end() || settings->second.client_speaks_first);
}

void Runner::OnHangUp(uint64_t id) {
  const auto it = waiting_.find(id);
  if (it == waiting_.end()) return;
  Waiting& waiting = it->second;
  if (!HasHungUp(waiting.connection)) {
    // It has said all that it will say, and waits for the answer.
    loop_.Unwatch(waiting.hang_up_watch);
    return;
  }
  loop_.Unwatch(waiting.hang_up_watch);
  Reject(waiting.connection, internal::v1::Reject::REASON_CLIENT_GONE, "");
  scheduler_.Remove(id, event::EventLoop::Now());
  waiting_.erase(it);
}

void Runner::AwaitExpiry() {
  loop_.CancelTimer(expiry_timer_);
  expiry_time_ = scheduler_.next_expiry();
  if (expiry_time_ == absl::InfiniteFuture()) return;
  expiry_timer_ = loop_.After(expiry_time_ - event::EventLoop::Now(),
                              [this] { OnExpiry(); });
}

// Turns away those that have waited for too long.
void Runner::OnExpiry() {
  for (const uint64_t id : scheduler_.TakeExpired(event::EventLoop::Now())) {
    const auto node = waiting_.extract(id);
    loop_.Unwatch(node.mapped().hang_up_watch);
    Reject(node.mapped().connection, internal::v1::Reject::REASON_QUEUE_TIMEOUT,
           "");
  }
  AwaitExpiry();
}

void Runner::OnFailure(Instance* instance, OfferedConnection connection,
                       const Instance::Failure& failure) {
  const uint64_t id = connection.offer.connection_id();
  const absl::Time now = event::EventLoop::Now();
  const bool again =
      failure.retry && connection.starts < kMaxStarts &&
      (connection.starts == 0 || now < connection.start_deadline);
  if (!again) {
    Reject(connection, failure.reason, failure.detail);
    return;
  }
  log::Line("request", absl::StrCat("Connection of container ", instance->id(),
                                    " gets another: ", failure.detail));
  active_.erase(id);
  scheduler_.Return(id, now);
  Wait(std::move(connection));
}

}  // namespace faas::runnerd
