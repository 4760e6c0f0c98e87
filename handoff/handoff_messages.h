#ifndef FAAS_HANDOFF_HANDOFF_MESSAGES_H_
#define FAAS_HANDOFF_HANDOFF_MESSAGES_H_

#include <cstdint>
#include <string>
#include <variant>

#include "absl/time/time.h"

// The messages of the hand-off protocol (handoff.h) as plain structs, for code
// that does not touch the wire.
namespace faas::handoff {

// The name of the socket in the run directory.
inline constexpr char kSocketName[] = "handoff.sock";

// An Offer asks runnerd to take an accepted connection.
struct Offer {
  // The id of the connection, which no other connection of this host gets.
  uint64_t connection_id = 0;
  std::string function;
  // The client's address and port, such as "10.0.0.10:54321".
  std::string peer;
  absl::Time accept_time;
};

// A Commit says that the connection is about to be given to a container.
struct Commit {
  uint64_t connection_id = 0;
};

// A Reject says that no container takes the connection and that no byte was
// sent on it.
struct Reject {
  // The values are those of the wire, where they are explained
  // (protos/faas/internal/v1/handoff.proto). A newer runnerd may send others.
  enum class Reason {
    kUnspecified = 0,
    kUnknownFunction = 1,
    kStartFailed = 2,
    kHandlerExited = 3,
    kStartTimeout = 4,
    kOverloaded = 5,
    kQueueFull = 6,
    kQueueTimeout = 7,
    kClientLimit = 8,
    kClientGone = 9,
    kNotItsConnection = 10,
  };

  uint64_t connection_id = 0;
  Reason reason = Reason::kUnspecified;
  // Details for the log, such as "container exited with code 1". They come from
  // runnerd, which may quote a handler.
  std::string detail;
};

// What runnerd answers to an offer.
using Answer = std::variant<Commit, Reject>;

}  // namespace faas::handoff

#endif  // FAAS_HANDOFF_HANDOFF_MESSAGES_H_
