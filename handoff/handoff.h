#ifndef FAAS_HANDOFF_HANDOFF_H_
#define FAAS_HANDOFF_HANDOFF_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "faas/internal/v1/handoff.pb.h"
#include "handoff/handoff_messages.h"

// The hand-off protocol, version 1: how an accepted connection gets from
// gatewayd to runnerd, at most once. docs/handoff.md says what happens when one
// of the two ends or hangs.
//
//   Socket:   <run_dir>/handoff.sock, AF_UNIX, SOCK_SEQPACKET, mode 0600, owned
//             by gatewayd's user. runnerd listens once it knows the functions.
//             gatewayd connects, and connects again when the channel has ended.
//             A new channel replaces the old one.
//   Message:  One serialised internal::v1::HandoffMessage of at most 4,096
//             bytes.
//
//   client         gatewayd                      runnerd            container
//     |               |                             |                   |
//     |── connect ──▶ | accept4                     |                   |
//     |               | ── OFFER(id, function, ───▶ | owns the fd,      |
//     |               |     peer) + fd              | queues it         |
//     |               |                             | ── starts it ───▶ |
//     |               |                             | ◀── connects to ──|
//     |               |                             |     control.sock  |
//     |               | ◀────────────── COMMIT(id) ─|                   |
//     |               | closes its copy             | ── fd ──────────▶ |
//     |               |                             | closes its copy   |
//     | ◀───────────────────────────────── the handler's answer ────────|
//
//   A warm instance has connected to control.sock before the offer comes. If no
//   container takes the connection, runnerd rejects it instead:
//
//     |               | ◀────── REJECT(id, reason) ─|                   |
//     | ◀── answer ── | answers for the platform,   | closes its copy   |
//     |               | closes its copy             |                   |
//
// Rules:
//   1. gatewayd keeps its copy until COMMIT or REJECT. If the channel ends
//      before that, it reads what is still queued in the channel, and then
//      offers the connections that are neither committed nor rejected on the
//      next one. So no connection is lost. If gatewayd itself ends the channel,
//      it first stops receiving (SHUT_RD), so that runnerd cannot queue a
//      COMMIT that is never read.
//   2. runnerd passes a connection to a container only after COMMIT was queued
//      in the channel without an error. If it cannot be queued because the
//      channel has ended, gatewayd may offer the connection to another runnerd,
//      so runnerd kills the container and closes its copy. So no connection is
//      answered twice.
//   3. After COMMIT gatewayd closes its copy at once: while a copy is open, the
//      client does not see the end of the stream.
//   4. Either side ends the channel on a message that it does not understand.
//   5. A received descriptor is owned before its message is looked at. An OFFER
//      comes with exactly one descriptor, the other messages with none; a
//      message with others, or one whose descriptors were cut (MSG_CTRUNC),
//      falls under rule 4. There is one exception: if runnerd has no room for
//      the descriptor of an OFFER, it rejects it, because gatewayd has its
//      copy.
//   6. runnerd looks at each descriptor that it gets. It must be a TCP
//      connection over IPv4 whose own address and port are the function's, so
//      that somebody who has taken gatewayd over can pass nothing else to a
//      container.
namespace faas::handoff {

inline constexpr size_t kMaxMessageBytes = 4096;

// Sends `message`, and `fd` with it unless that is -1. RESOURCE_EXHAUSTED if
// the channel is full; UNAVAILABLE if it has ended.
absl::Status Send(int channel, const internal::v1::HandoffMessage& message,
                  int fd = -1);

// An Incoming is what was received: a message, or the end of the channel.
struct Incoming {
  internal::v1::HandoffMessage message;
  // The connection that comes with an offer.
  base::UniqueFd fd;
  // Whether the message is an offer for whose descriptor this process had no
  // room.
  bool fd_lost = false;
  // Whether the channel has ended. There is no message then.
  bool end = false;
};

// Receives one message, without waiting. UNAVAILABLE if there is none now;
// DATA_LOSS if it breaks the protocol.
absl::StatusOr<Incoming> Receive(int channel);

}  // namespace faas::handoff

#endif  // FAAS_HANDOFF_HANDOFF_H_
