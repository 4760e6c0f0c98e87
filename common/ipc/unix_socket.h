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

// The functions in this file make AF_UNIX sockets and pass descriptors over
// them (SCM_RIGHTS). The sockets are non-blocking and close-on-exec. `type` is
// SOCK_STREAM or SOCK_SEQPACKET.

// Returns a socket that is bound to `name` in the open directory `directory`
// and listens. Removes what had that name before. It binds through the
// descriptor, so that the length of the directory's path does not count for the
// 108 bytes of sockaddr_un.
absl::StatusOr<base::UniqueFd> ListenAt(int directory, const std::string& name,
                                        int type, int backlog);

// Connects to the socket `path`. Returns UNAVAILABLE if nobody listens there.
absl::StatusOr<base::UniqueFd> Connect(const std::string& path, int type);

// Accepts one connection. Returns UNAVAILABLE if none is waiting.
absl::StatusOr<base::UniqueFd> Accept(int listener);

// Returns who called connect, as they were at that moment. The process may have
// ended or changed its ids since.
absl::StatusOr<ucred> PeerCredentials(int socket);

// Sends one message with one descriptor, or with none if `fd` is -1. Never
// raises SIGPIPE. Returns RESOURCE_EXHAUSTED if the socket's buffer is full or
// memory is short, and UNAVAILABLE if the peer has gone.
absl::Status Send(int socket, absl::string_view message, int fd);

// A Received is one message. At the end of the stream only `end` is set.
struct Received {
  std::string message;
  std::vector<base::UniqueFd> fds;
  // Whether the message had descriptors and this process got none, because it
  // has no descriptor left.
  bool fds_lost = false;
  bool end = false;
};

// Receives one message of at most `limit_bytes`; from a stream socket, the
// bytes that are there. Owns the descriptors before it looks at anything else.
// Returns UNAVAILABLE if there is nothing to receive, and DATA_LOSS if the
// message or its descriptors were cut.
absl::StatusOr<Received> Receive(int socket, size_t limit_bytes);

}  // namespace faas::ipc

#endif  // FAAS_COMMON_IPC_UNIX_SOCKET_H_
