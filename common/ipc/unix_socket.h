#ifndef FAAS_COMMON_IPC_UNIX_SOCKET_H_
#define FAAS_COMMON_IPC_UNIX_SOCKET_H_

#include <sys/socket.h>

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"

namespace faas::ipc {

// AF_UNIX sockets and descriptors passed over them (SCM_RIGHTS). Sockets made
// here are non-blocking and close-on-exec. `type` is SOCK_STREAM or
// SOCK_SEQPACKET.

// Binds `name` in the open directory `directory` and listens; whatever had the
// name is removed. Goes through the descriptor, so that the length of the
// directory's path does not count against sockaddr_un's 108 bytes.
absl::StatusOr<base::UniqueFd> ListenAt(int directory, const std::string& name,
                                        int type, int backlog);

// Connects to the socket `path`. UNAVAILABLE if nobody listens there.
absl::StatusOr<base::UniqueFd> Connect(const std::string& path, int type);

// Accepts one connection. UNAVAILABLE if there is none now.
absl::StatusOr<base::UniqueFd> Accept(int listener);

// Who called connect: as it was then, whatever has become of it.
absl::StatusOr<ucred> PeerCredentials(int socket);

// Sends one message with at most one descriptor (-1: none). Never raises
// SIGPIPE. RESOURCE_EXHAUSTED if the socket's buffer is full or memory is
// short; UNAVAILABLE if the peer is gone.
absl::Status Send(int socket, absl::string_view message, int fd);

// A received message. At the end of the stream `end` is set and nothing else.
struct Received {
  std::string message;
  std::vector<base::UniqueFd> fds;
  // There were descriptors, and this process had no room for any: it is out of
  // them.
  bool fds_lost = false;
  bool end = false;
};

// Receives one message (of a stream: what is there) of at most `limit_bytes`.
// Descriptors are owned before anything else is looked at. UNAVAILABLE if
// there is none now; DATA_LOSS if the message or its descriptors were cut.
absl::StatusOr<Received> Receive(int socket, size_t limit_bytes);

}  // namespace faas::ipc

#endif  // FAAS_COMMON_IPC_UNIX_SOCKET_H_
