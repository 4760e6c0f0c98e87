#ifndef FAAS_GATEWAYD_PLATFORM_ANSWER_H_
#define FAAS_GATEWAYD_PLATFORM_ANSWER_H_

#include <string>

#include "absl/strings/string_view.h"
#include "faas/internal/v1/handoff.pb.h"

namespace faas::gatewayd {

// Why the platform answers a connection itself.
struct PlatformAnswer {
  int code;                   // 502, 503, 504; 0: it is just closed
  absl::string_view reason;   // for X-Faasd-Error, e.g. "start-timeout"
  absl::string_view message;  // for people
  bool retry;                 // with Retry-After
};

// The answer to a rejection by runnerd.
PlatformAnswer AnswerFor(internal::v1::Reject::Reason reason);

// gatewayd's own: it could not keep the connection, too many wait, or runnerd
// was away for too long.
PlatformAnswer OutOfDescriptors();
PlatformAnswer TooManyPending();
PlatformAnswer RunnerAway();
PlatformAnswer HandoffTimeout();
// The hand-off has failed too often with this connection.
PlatformAnswer TooManyOffers();
// gatewayd stops, and no container has taken the connection in time.
PlatformAnswer ShuttingDown();

// The whole HTTP/1.1 response.
std::string HttpResponse(const PlatformAnswer& answer,
                         absl::string_view function);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_PLATFORM_ANSWER_H_
