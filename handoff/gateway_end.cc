#include "handoff/gateway_end.h"

#include <utility>

#include "common/base/status_macros.h"
#include "handoff/handoff.h"

namespace faas::handoff {
namespace {

using internal::v1::HandoffMessage;

// A reason is converted by its number, so both must be numbered alike.
constexpr bool SameNumber(Reject::Reason reason,
                          internal::v1::Reject::Reason wire) {
  return static_cast<int>(reason) == static_cast<int>(wire);
}
static_assert(SameNumber(Reject::Reason::kUnknownFunction,
                         internal::v1::Reject::REASON_UNKNOWN_FUNCTION));
static_assert(SameNumber(Reject::Reason::kStartFailed,
                         internal::v1::Reject::REASON_START_FAILED));
static_assert(SameNumber(Reject::Reason::kHandlerExited,
                         internal::v1::Reject::REASON_HANDLER_EXITED));
static_assert(SameNumber(Reject::Reason::kStartTimeout,
                         internal::v1::Reject::REASON_START_TIMEOUT));
static_assert(SameNumber(Reject::Reason::kOverloaded,
                         internal::v1::Reject::REASON_OVERLOADED));
static_assert(SameNumber(Reject::Reason::kQueueFull,
                         internal::v1::Reject::REASON_QUEUE_FULL));
static_assert(SameNumber(Reject::Reason::kQueueTimeout,
                         internal::v1::Reject::REASON_QUEUE_TIMEOUT));
static_assert(SameNumber(Reject::Reason::kClientLimit,
                         internal::v1::Reject::REASON_CLIENT_LIMIT));
static_assert(SameNumber(Reject::Reason::kClientGone,
                         internal::v1::Reject::REASON_CLIENT_GONE));
static_assert(SameNumber(Reject::Reason::kNotItsConnection,
                         internal::v1::Reject::REASON_NOT_ITS_CONNECTION));
static_assert(SameNumber(Reject::Reason::kNotItsConnection,
                         internal::v1::Reject::Reason_MAX));

}  // namespace

absl::Status SendOffer(int channel, const Offer& offer, int fd) {
  HandoffMessage message;
  internal::v1::Offer& wire = *message.mutable_offer();
  wire.set_connection_id(offer.connection_id);
  wire.set_function(offer.function);
  wire.set_peer(offer.peer);
  wire.set_accept_time_us(absl::ToUnixMicros(offer.accept_time));
  return Send(channel, message, fd);
}

absl::StatusOr<std::optional<Answer>> ReceiveAnswer(int channel) {
  ASSIGN_OR_RETURN(Incoming incoming, Receive(channel));
  if (incoming.end) return std::nullopt;
  HandoffMessage& message = incoming.message;
  if (message.has_commit()) {
    return Commit{.connection_id = message.commit().connection_id()};
  }
  if (message.has_reject()) {
    internal::v1::Reject& wire = *message.mutable_reject();
    return Reject{.connection_id = wire.connection_id(),
                  .reason = static_cast<Reject::Reason>(wire.reason()),
                  .detail = std::move(*wire.mutable_detail())};
  }
  return absl::DataLossError("runnerd has sent an offer");
}

}  // namespace faas::handoff
