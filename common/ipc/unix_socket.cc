#include "common/ipc/unix_socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::ipc {
namespace {

// The most descriptors that are received. The kernel passes at most 253
// (SCM_MAX_FD), and our programs send one. A peer that sends more than a few is
// hostile or broken.
constexpr size_t kMaxReceivedFds = 16;

absl::StatusOr<base::UniqueFd> NewSocket(int type) {
  base::UniqueFd fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return base::ErrnoStatus("socket(AF_UNIX)");
  return fd;
}

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address = {.sun_family = AF_UNIX};
  if (path.size() >= sizeof(address.sun_path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("socket path \"", path, "\" is longer than ",
                     sizeof(address.sun_path) - 1, " bytes"));
  }
  memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

}  // namespace

absl::StatusOr<base::UniqueFd> ListenAt(int directory, const std::string& name,
                                        int type, int backlog) {
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(type));
  ASSIGN_OR_RETURN(
      const sockaddr_un address,
      AddressOf(absl::StrCat("/proc/self/fd/", directory, "/", name)));
  if (unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) {
    return base::ErrnoStatus(absl::StrCat("unlink \"", name, "\""));
  }
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address),
           sizeof(address)) != 0) {
    return base::ErrnoStatus(absl::StrCat("bind \"", name, "\""));
  }
  if (listen(fd.get(), backlog) != 0) {
    return base::ErrnoStatus(absl::StrCat("listen \"", name, "\""));
  }
  return fd;
}

absl::StatusOr<base::UniqueFd> Connect(const std::string& path, int type) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("socket path \"", path, "\" is not absolute"));
  }
  ASSIGN_OR_RETURN(const base::UniqueFd directory,
                   fs::Open(path.substr(0, slash + 1), O_PATH | O_DIRECTORY));
  ASSIGN_OR_RETURN(base::UniqueFd fd, NewSocket(type));
  ASSIGN_OR_RETURN(const sockaddr_un address,
                   AddressOf(absl::StrCat("/proc/self/fd/", directory.get(),
                                          path.substr(slash))));
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    const int error = errno;
    return absl::UnavailableError(
        base::ErrnoStatus(absl::StrCat("connect \"", path, "\""), error)
            .message());
  }
  return fd;
}

absl::StatusOr<base::UniqueFd> Accept(int listener) {
  while (true) {
    base::UniqueFd fd(
        accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd.valid()) return fd;
    if (errno == EINTR || errno == ECONNABORTED) continue;
    return base::ErrnoStatus("accept");
  }
}

absl::StatusOr<ucred> PeerCredentials(int socket) {
  ucred peer = {};
  socklen_t size = sizeof(peer);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return base::ErrnoStatus("getsockopt SO_PEERCRED");
  }
  return peer;
}

absl::Status Send(int socket, absl::string_view message, int fd) {
  iovec data = {.iov_base = const_cast<char*>(message.data()),
                .iov_len = message.size()};
  msghdr header = {.msg_iov = &data, .msg_iovlen = 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  if (fd >= 0) {
    header.msg_control = control;
    header.msg_controllen = sizeof(control);
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(rights), &fd, sizeof(int));
  }
  while (true) {
    const ssize_t n = sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n == static_cast<ssize_t>(message.size())) return absl::OkStatus();
    if (n >= 0) return absl::DataLossError("message was sent in part");
    if (errno == EINTR) continue;
    // The peer is there, but memory is short or its queue is full.
    if (errno == EAGAIN || errno == ETOOMANYREFS || errno == ENOBUFS ||
        errno == ENOMEM) {
      return absl::ResourceExhaustedError(
          base::ErrnoStatus("sendmsg").message());
    }
    return absl::UnavailableError(base::ErrnoStatus("sendmsg").message());
  }
}

absl::StatusOr<Received> Receive(int socket, size_t limit_bytes) {
  Received received;
  received.message.resize(limit_bytes);
  iovec data = {.iov_base = received.message.data(), .iov_len = limit_bytes};
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxReceivedFds * sizeof(int))];
  msghdr header = {.msg_iov = &data,
                   .msg_iovlen = 1,
                   .msg_control = control,
                   .msg_controllen = sizeof(control)};
  ssize_t n;
  do {
    n = recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    // ECONNRESET means that the peer closed without reading everything that was
    // sent to it. The kernel reports that once, and before what the peer has
    // sent, which still counts.
  } while (n < 0 && (errno == EINTR || errno == ECONNRESET));
  if (n < 0) return base::ErrnoStatus("recvmsg");
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (size_t i = 0; i < count; ++i) {
      int fd;
      memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
      received.fds.emplace_back(fd);
    }
  }
  received.fds_lost =
      (header.msg_flags & MSG_CTRUNC) != 0 && received.fds.empty();
  if ((header.msg_flags & MSG_TRUNC) != 0 ||
      ((header.msg_flags & MSG_CTRUNC) != 0 && !received.fds_lost)) {
    return absl::DataLossError("message or descriptors were cut");
  }
  received.message.resize(n);
  received.end = n == 0 && received.fds.empty() && !received.fds_lost;
  return received;
}

}  // namespace faas::ipc
