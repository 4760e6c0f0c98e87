#include "handoff/handoff.h"

#include <utility>

#include "common/base/status_macros.h"
#include "common/ipc/unix_socket.h"

namespace faas::handoff {

absl::Status Send(int channel, const internal::v1::HandoffMessage& message,
                  int fd) {
  return ipc::Send(channel, message.SerializeAsString(), fd);
}

absl::StatusOr<Incoming> Receive(int channel) {
  ASSIGN_OR_RETURN(ipc::Received received,
                   ipc::Receive(channel, kMaxMessageBytes));
  Incoming incoming;
  if (received.end) {
    incoming.end = true;
    return incoming;
  }
  if (!incoming.message.ParseFromString(received.message) ||
      incoming.message.kind_case() ==
          internal::v1::HandoffMessage::KIND_NOT_SET) {
    return absl::DataLossError("not a hand-off message");
  }
  incoming.fd_lost = received.fds_lost && incoming.message.has_offer();
  if (incoming.fd_lost) return incoming;
  if (received.fds_lost ||
      received.fds.size() != (incoming.message.has_offer() ? 1 : 0)) {
    return absl::DataLossError("an offer has one descriptor, others have none");
  }
  if (!received.fds.empty()) incoming.fd = std::move(received.fds[0]);
  return incoming;
}

}  // namespace faas::handoff
