#include "runnerd/admission/admission.h"

#include <sys/epoll.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/net/hang_up.h"

namespace faas::runnerd {
namespace {

std::string AddressOf(absl::string_view peer) {
  return std::string(peer.substr(0, peer.rfind(':')));
}

}  // namespace

Admission::Admission(event::EventLoop* loop, const Options& options,
                     Owner* owner)
    : loop_(*loop),
      options_(options),
      owner_(owner),
      scheduler_(options.limits) {}

Admission::~Admission() {
  loop_.CancelTimer(expiry_timer_);
  for (auto& [ticket, waiting] : waiting_) loop_.Unwatch(waiting.hang_up_watch);
}

void Admission::SetRules(const std::string& function, const Rules& rules) {
  rules_[function] = rules;
  scheduler_.SetLimits(function, rules.limits);
}

void Admission::Forget(const std::string& function) {
  rules_.erase(function);
  scheduler_.Forget(function);
}

absl::Status Admission::Listen() {
  if (handoff_ != nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(
      handoff_,
      HandoffServer::Listen(
          &loop_, options_.run_dir, options_.gateway,
          {.on_offer =
               [this](HandoffServer::Channel channel,
                      const internal::v1::Offer& offer, base::UniqueFd client) {
                 OnOffer({channel, offer, std::move(client), ++last_ticket_});
               },
           .on_end = [this](HandoffServer::Channel c) { OnChannelEnd(c); }}));
  return absl::OkStatus();
}

void Admission::Close() {
  if (handoff_ != nullptr) handoff_->Close();
}

void Admission::OnOffer(OfferedConnection connection) {
  const std::string& peer = connection.offer.peer();
  log::Line("request",
            absl::StrCat("Handling request from ('",
                         absl::StrReplaceAll(peer, {{":", "', "}}), ")"));
  if (!IsAcceptable(connection)) return;
  const std::string& function = connection.offer.function();
  owner_->OnArrival(function);
  const uint64_t ticket = connection.ticket;
  const auto refused = scheduler_.Add({ticket, function, AddressOf(peer)},
                                      event::EventLoop::Now());
  if (refused.has_value()) {
    Reject(connection, *refused, "");
    return;
  }
  waiting_[ticket] = {std::move(connection)};
  owner_->OnWaiting();
  // Mostly it has been taken by now; then there is nothing to watch.
  if (waiting_.contains(ticket)) KeepWaiting(ticket);
}

bool Admission::IsAcceptable(const OfferedConnection& connection) {
  const std::string& function = connection.offer.function();
  if (!owner_->KnowsFunction(function)) {
    Reject(connection, internal::v1::Reject::REASON_UNKNOWN_FUNCTION, "");
    return false;
  }
  const absl::Status status =
      CheckConnection(connection.fd.get(), rules_[function].endpoint);
  if (status.ok()) return true;
  log::Line("handoff", absl::StrCat(status.message(), " to ", function));
  Reject(connection, internal::v1::Reject::REASON_NOT_ITS_CONNECTION,
         std::string(status.message()));
  return false;
}

void Admission::OnChannelEnd(HandoffServer::Channel channel) {
  std::vector<uint64_t> lost;
  for (const auto& [ticket, waiting] : waiting_) {
    if (waiting.connection.channel == channel) lost.push_back(ticket);
  }
  for (const uint64_t ticket : lost) {
    Extract(ticket);
    Release(ticket);
  }
  owner_->OnChannelEnd(channel);
}

void Admission::KeepWaiting(uint64_t ticket) {
  Waiting& waiting = waiting_.at(ticket);
  const auto watch =
      loop_.Watch(waiting.connection.fd.get(), EPOLLRDHUP,
                  [this, ticket](uint32_t) { OnHangUp(ticket); });
  // Without a watch, Take notices that the client has gone.
  if (watch.ok()) waiting.hang_up_watch = *watch;
  // A connection that came later may have less time.
  if (scheduler_.next_expiry() < expiry_time_) AwaitExpiry();
}

OfferedConnection Admission::Extract(uint64_t ticket) {
  auto node = waiting_.extract(ticket);
  loop_.Unwatch(node.mapped().hang_up_watch);
  return std::move(node.mapped().connection);
}

absl::optional<OfferedConnection> Admission::Take(
    absl::FunctionRef<bool(const std::string& function)> can_start) {
  while (const auto ticket =
             scheduler_.Take(event::EventLoop::Now(), can_start)) {
    OfferedConnection connection = Extract(*ticket);
    const bool known = owner_->KnowsFunction(connection.offer.function());
    if (known && !HasHungUp(connection)) return connection;
    Reject(connection,
           known ? internal::v1::Reject::REASON_CLIENT_GONE
                 : internal::v1::Reject::REASON_UNKNOWN_FUNCTION,
           "");
    Release(*ticket);
  }
  return absl::nullopt;
}

void Admission::Return(OfferedConnection connection) {
  const uint64_t ticket = connection.ticket;
  scheduler_.Return(ticket, event::EventLoop::Now());
  waiting_[ticket] = {std::move(connection)};
  KeepWaiting(ticket);
}

void Admission::Release(uint64_t ticket) {
  scheduler_.Remove(ticket, event::EventLoop::Now());
}

absl::Status Admission::Commit(const OfferedConnection& connection) {
  return handoff_->Commit(connection.channel, connection.offer.connection_id());
}

void Admission::Reject(const OfferedConnection& connection,
                       internal::v1::Reject::Reason reason,
                       const std::string& detail) {
  handoff_->Reject(connection.channel, connection.offer.connection_id(), reason,
                   detail);
}

bool Admission::HasHungUp(const OfferedConnection& connection) const {
  const auto rules = rules_.find(connection.offer.function());
  return net::HasHungUp(
      connection.fd.get(),
      rules == rules_.end() || rules->second.client_speaks_first);
}

void Admission::OnHangUp(uint64_t ticket) {
  const auto it = waiting_.find(ticket);
  if (it == waiting_.end()) return;
  if (!HasHungUp(it->second.connection)) {
    // The client has sent all that it will send, and waits for the answer.
    loop_.Unwatch(it->second.hang_up_watch);
    return;
  }
  Reject(Extract(ticket), internal::v1::Reject::REASON_CLIENT_GONE, "");
  Release(ticket);
}

void Admission::AwaitExpiry() {
  loop_.CancelTimer(expiry_timer_);
  expiry_time_ = scheduler_.next_expiry();
  if (expiry_time_ == absl::InfiniteFuture()) return;
  expiry_timer_ = loop_.After(expiry_time_ - event::EventLoop::Now(),
                              [this] { OnExpiry(); });
}

void Admission::OnExpiry() {
  for (const uint64_t ticket :
       scheduler_.TakeExpired(event::EventLoop::Now())) {
    Reject(Extract(ticket), internal::v1::Reject::REASON_QUEUE_TIMEOUT, "");
  }
  AwaitExpiry();
}

}  // namespace faas::runnerd
