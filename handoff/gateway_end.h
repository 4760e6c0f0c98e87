#ifndef FAAS_HANDOFF_GATEWAY_END_H_
#define FAAS_HANDOFF_GATEWAY_END_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "handoff/handoff_messages.h"

namespace faas::handoff {

// What gatewayd does on a hand-off channel (handoff.h), without the types of
// the wire.

// Sends an offer with the connection `fd`, of which the caller keeps its copy.
// RESOURCE_EXHAUSTED if the channel is full; UNAVAILABLE if it has ended.
absl::Status SendOffer(int channel, const Offer& offer, int fd);

// Receives an answer, or nothing if the channel has ended, without waiting.
// UNAVAILABLE if there is no answer now; DATA_LOSS if what has come is none.
absl::StatusOr<std::optional<Answer>> ReceiveAnswer(int channel);

}  // namespace faas::handoff

#endif  // FAAS_HANDOFF_GATEWAY_END_H_
