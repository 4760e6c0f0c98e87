#ifndef FAAS_HANDOFF_HANDOFF_H_
#define FAAS_HANDOFF_HANDOFF_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "faas/internal/v1/handoff.pb.h"

// The hand-off protocol, version 1: how an accepted connection gets from
// gatewayd to runnerd, at most once.
//
//   Socket:   <run_dir>/handoff.sock, AF_UNIX, SOCK_SEQPACKET. runnerd listens
//             once it knows the functions; gatewayd connects, and again when
//             the channel has ended. One channel at a time.
//   Message:  one serialised internal::v1::HandoffMessage of at most 4,096
//   bytes.
//
//   gatewayd                                runnerd
//     | accept4
//     |  OFFER(id, function, peer) + fd  ──▶  |
//     |                                       | starts a container, waits for
//     |                                       | it on its control.sock
//     |  ◀──────────────────────  COMMIT(id)  |
//     | closes its copy                       | sendmsg(control.sock, fd)
//     |                                       | closes its copy
//   or
//     |  ◀──────────────  REJECT(id, reason)  | has sent nothing, closes its
//     copy | answers for the platform, closes      |
//
// Rules:
//   1. gatewayd keeps its copy until COMMIT or REJECT. If the channel ends
//      first, it reads what is still queued in it, and then offers what is
//      neither committed nor rejected on the next channel. Nothing is lost. If
//      gatewayd ends it, it stops receiving first (SHUT_RD), so that runnerd
//      can queue no COMMIT that is not read.
//   2. runnerd passes a connection to a container only after COMMIT was queued
//      in the channel without an error. If it cannot be queued, gatewayd may
//      offer the connection to another, so runnerd closes it. Nothing is
//      answered twice.
//   3. After COMMIT gatewayd closes its copy at once: while a copy is open, the
//      client does not see the end of the stream.
//   4. Either side ends the channel on a message it does not understand.
//   5. A received descriptor is owned before its message is looked at; messages
//      whose descriptors were cut (MSG_CTRUNC) or are not exactly one for OFFER
//      and none for the others break rule 4. An offer whose descriptor runnerd
//      has no room for is rejected: gatewayd has its copy.
namespace faas::handoff {

inline constexpr char kSocketName[] = "handoff.sock";
inline constexpr size_t kMaxMessageBytes = 4096;

// Sends `message`, with `fd` unless it is -1. RESOURCE_EXHAUSTED if the channel
// is full; UNAVAILABLE if it has ended.
absl::Status Send(int channel, const internal::v1::HandoffMessage& message,
                  int fd = -1);

// A received message, or the end of the channel.
struct Incoming {
  internal::v1::HandoffMessage message;
  base::UniqueFd fd;  // of an offer
  // It is an offer whose descriptor this process had no room for.
  bool fd_lost = false;
  bool end = false;
};

// Receives one message. UNAVAILABLE if there is none now; DATA_LOSS if it
// breaks the protocol.
absl::StatusOr<Incoming> Receive(int channel);

}  // namespace faas::handoff

#endif  // FAAS_HANDOFF_HANDOFF_H_
