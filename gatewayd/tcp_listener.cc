#include "gatewayd/tcp_listener.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"

namespace faas::gatewayd {
namespace {

// The kernel reduces it to net.core.somaxconn.
constexpr int kBacklog = 4096;

// TCP_DEFER_ACCEPT, in seconds: how long the kernel does not report a
// connection on which nothing has come. Linux rounds the time up to a number of
// SYN-ACKs (1, 3, 7, … seconds). During that time it drops the client's bare
// ACKs, while the client believes that it is connected. When the time is over,
// it sends the SYN-ACK once more, and the bare ACK that answers it completes
// the handshake. So the connection is accepted in the end without data (and
// with SYN cookies at once). The option spares gatewayd a look at connections
// whose request is on its way. SilentConnections handles the silent ones, so a
// longer time would be of no use.
constexpr int kDeferAcceptSeconds = 1;

// Returns whether `error` means that a connection ended before it was accepted,
// or that accept was interrupted; see accept(2).
bool IsTransient(int error) {
  switch (error) {
    case EINTR:
    case ECONNABORTED:
    case ENETDOWN:
    case EPROTO:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
      return true;
    default:
      return false;
  }
}

}  // namespace

absl::StatusOr<base::UniqueFd> ListenTcp(net::Ipv4 address, uint16_t port,
                                         uint32_t mark) {
  const std::string where = absl::StrCat(net::ToString(address), ":", port);
  base::UniqueFd fd(
      socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return base::ErrnoStatus("socket(AF_INET)");
  // Connections of a previous run may still be in TIME_WAIT.
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (mark != 0 &&
      setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) != 0) {
    return base::ErrnoStatus("setsockopt(SO_MARK)");
  }
  const sockaddr_in name = net::SocketAddress(address, port);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) !=
          0 ||
      listen(fd.get(), kBacklog) != 0) {
    const int error = errno;
    const absl::Status status =
        base::ErrnoStatus(absl::StrCat("Error binding to ", where), error);
    if (error == EADDRINUSE) return absl::AlreadyExistsError(status.message());
    return status;
  }
  return fd;
}

absl::Status SetProtocol(int listener, Protocol protocol) {
  const int seconds = protocol == Protocol::kHttp ? kDeferAcceptSeconds : 0;
  if (setsockopt(listener, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds,
                 sizeof(seconds)) != 0) {
    return base::ErrnoStatus("setsockopt(TCP_DEFER_ACCEPT)");
  }
  return absl::OkStatus();
}

absl::StatusOr<Accepted> AcceptTcp(int listener) {
  while (true) {
    sockaddr_in peer = {};
    socklen_t length = sizeof(peer);
    base::UniqueFd fd(accept4(listener, reinterpret_cast<sockaddr*>(&peer),
                              &length, SOCK_CLOEXEC));
    if (fd.valid()) {
      return Accepted{
          std::move(fd), {ntohl(peer.sin_addr.s_addr)}, ntohs(peer.sin_port)};
    }
    const int error = errno;
    if (IsTransient(error)) continue;
    const absl::Status status = base::ErrnoStatus("accept", error);
    if (error == EMFILE || error == ENFILE || error == ENOMEM ||
        error == ENOBUFS) {
      return absl::ResourceExhaustedError(status.message());
    }
    return status;
  }
}

}  // namespace faas::gatewayd
