#include "gatewayd/platform_answer.h"

#include "absl/strings/str_cat.h"

namespace faas::gatewayd {
namespace {

absl::string_view ReasonPhrase(int code) {
  switch (code) {
    case 502:
      return "Bad Gateway";
    case 504:
      return "Gateway Timeout";
    default:
      return "Service Unavailable";
  }
}

}  // namespace

PlatformAnswer AnswerFor(handoff::Reject::Reason reason) {
  switch (reason) {
    case handoff::Reject::Reason::kUnknownFunction:
      return {502, "unknown-function", "the function does not exist any more",
              false};
    case handoff::Reject::Reason::kStartFailed:
      return {502, "start-failed", "its container could not be started", false};
    case handoff::Reject::Reason::kHandlerExited:
      return {502, "handler-exited",
              "its handler ended before it took the connection", false};
    case handoff::Reject::Reason::kStartTimeout:
      return {504, "start-timeout",
              "its handler did not connect to /control.sock in time", false};
    case handoff::Reject::Reason::kOverloaded:
      return {503, "overloaded", "the host has no room for it", true};
    case handoff::Reject::Reason::kQueueFull:
      return {503, "queue-full", "too many of its connections wait already",
              true};
    case handoff::Reject::Reason::kQueueTimeout:
      return {503, "queue-timeout", "no container was free in time", true};
    case handoff::Reject::Reason::kClientLimit:
      return {503, "too-many-from-client",
              "its client has too many connections already", true};
    case handoff::Reject::Reason::kClientGone:
      return {0, "client-gone", "nobody is there to be told", false};
    case handoff::Reject::Reason::kNotItsConnection:
      return {502, "not-its-connection", "the connection was made to another",
              false};
    default:
      return {502, "rejected", "the platform could not serve it", false};
  }
}

PlatformAnswer OutOfDescriptors() {
  return {503, "out-of-descriptors", "the platform is out of descriptors",
          true};
}

PlatformAnswer TooManyPending() {
  return {503, "too-many-pending", "too many connections wait already", true};
}

PlatformAnswer RunnerAway() {
  return {503, "runner-away", "the platform's runner is not running", true};
}

PlatformAnswer TooManyOffers() {
  return {502, "handoff-failed", "the platform's runner failed repeatedly",
          false};
}

PlatformAnswer ShuttingDown() {
  return {503, "shutting-down", "the platform is stopping", true};
}

PlatformAnswer HandoffTimeout() {
  return {504, "handoff-timeout", "the platform's runner did not answer",
          false};
}

std::string HttpResponse(const PlatformAnswer& answer,
                         absl::string_view function) {
  const std::string body = absl::StrCat("faasd: function \"", function,
                                        "\": ", answer.message, "\n");
  return absl::StrCat("HTTP/1.1 ", answer.code, " ", ReasonPhrase(answer.code),
                      "\r\nContent-Type: text/plain; charset=utf-8"
                      "\r\nContent-Length: ",
                      body.size(),
                      "\r\nConnection: close\r\nCache-Control: no-store",
                      answer.retry ? "\r\nRetry-After: 1" : "",
                      "\r\nX-Faasd-Error: ", answer.reason, "\r\n\r\n", body);
}

}  // namespace faas::gatewayd
