#ifndef FAAS_GATEWAYD_PLATFORM_ANSWER_H_
#define FAAS_GATEWAYD_PLATFORM_ANSWER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "handoff/handoff_messages.h"

namespace faas::gatewayd {

// A PlatformAnswer is what the platform answers on a connection that no
// container takes.
struct PlatformAnswer {
  // The HTTP status: 502, 503 or 504. 0 if the connection is closed without an
  // answer.
  int code;
  // The machine-readable reason in X-Faasd-Error, such as "start-timeout".
  absl::string_view reason;
  // The reason for people.
  absl::string_view message;
  // Whether the client is asked to try again (Retry-After).
  bool retry;
};

// Returns the answer for a connection that runnerd has rejected.
PlatformAnswer AnswerFor(handoff::Reject::Reason reason);

// Returns the answer when gatewayd has no descriptor for the connection.
PlatformAnswer OutOfDescriptors();
// Returns the answer when too many connections are pending.
PlatformAnswer TooManyPending();
// Returns the answer when runnerd was away for too long.
PlatformAnswer RunnerAway();
// Returns the answer when runnerd did not answer the offer in time.
PlatformAnswer HandoffTimeout();
// Returns the answer when the channel has ended too often with this connection
// on offer.
PlatformAnswer TooManyOffers();
// Returns the answer when gatewayd stops before a container took the
// connection.
PlatformAnswer ShuttingDown();

// Returns the whole HTTP/1.1 response. `answer.code` must not be 0.
std::string HttpResponse(const PlatformAnswer& answer,
                         absl::string_view function);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_PLATFORM_ANSWER_H_
