#include "gatewayd/socket_probe.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/net/ipv4.h"
#include "gatewayd/tcp_listener.h"

namespace faas::gatewayd {
namespace {

constexpr net::Ipv4 kLocalhost = {INADDR_LOOPBACK};
// More than enough: on the loopback interface the answer is usually there
// before connect returns.
constexpr int kPatienceMs = 2000;

absl::StatusOr<sockaddr_in> AddressOf(int socket) {
  sockaddr_in address = {};
  socklen_t length = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length) !=
      0) {
    return base::ErrnoStatus("getsockname");
  }
  return address;
}

absl::StatusOr<base::UniqueFd> NewSocket() {
  base::UniqueFd fd(
      socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return base::ErrnoStatus("socket(AF_INET)");
  return fd;
}

// Connects `socket`. Returns 0 or the errno; ETIMEDOUT if it takes longer than
// kPatienceMs.
int Connect(int socket, const sockaddr_in& address) {
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) == 0) {
    return 0;
  }
  if (errno != EINPROGRESS) return errno;
  pollfd done = {.fd = socket, .events = POLLOUT};
  if (poll(&done, 1, kPatienceMs) <= 0) return ETIMEDOUT;
  int error = 0;
  socklen_t length = sizeof(error);
  if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) != 0) {
    return errno;
  }
  return error;
}

int FastOpen(int socket, const sockaddr_in& address) {
  const char byte = 0;
  if (sendto(socket, &byte, 1, MSG_FASTOPEN | MSG_NOSIGNAL,
             reinterpret_cast<const sockaddr*>(&address),
             sizeof(address)) >= 0) {
    return 0;
  }
  return errno;
}

// Does what a handler could do: accepts a connection from `listener`,
// disconnects it and connects it to `address`. Returns 0 or the errno of that.
absl::StatusOr<int> Reconnect(int listener, const sockaddr_in& address) {
  ASSIGN_OR_RETURN(const sockaddr_in own, AddressOf(listener));
  ASSIGN_OR_RETURN(const base::UniqueFd client, NewSocket());
  if (const int error = Connect(client.get(), own); error != 0) {
    return base::ErrnoStatus("connect to itself", error);
  }
  ASSIGN_OR_RETURN(const Accepted accepted, AcceptTcp(listener));
  const sockaddr nowhere = {.sa_family = AF_UNSPEC};
  if (connect(accepted.fd.get(), &nowhere, sizeof(nowhere)) != 0) {
    return base::ErrnoStatus("disconnect");
  }
  return Connect(accepted.fd.get(), address);
}

}  // namespace

absl::StatusOr<SocketProbe> SocketProbe::Open() {
  ASSIGN_OR_RETURN(base::UniqueFd target, ListenTcp(kLocalhost, 0));
  return SocketProbe(std::move(target));
}

absl::Status SocketProbe::CheckCannotConnect() const {
  ASSIGN_OR_RETURN(const sockaddr_in address, AddressOf(target_.get()));
  ASSIGN_OR_RETURN(const base::UniqueFd plain, NewSocket());
  if (const int error = Connect(plain.get(), address); error != EPERM) {
    return absl::FailedPreconditionError(
        error == 0 ? "its sockets can be connected"
                   : base::ErrnoStatus("connect to itself", error).message());
  }
  ASSIGN_OR_RETURN(const base::UniqueFd fast, NewSocket());
  const int error = FastOpen(fast.get(), address);
  // EOPNOTSUPP means that net.ipv4.tcp_fastopen has turned it off.
  if (error != EPERM && error != EOPNOTSUPP) {
    return absl::FailedPreconditionError(
        "its sockets can be connected by MSG_FASTOPEN");
  }
  return absl::OkStatus();
}

absl::Status SocketProbe::CheckMarkedCannotConnect(uint32_t mark) const {
  ASSIGN_OR_RETURN(const sockaddr_in address, AddressOf(target_.get()));
  ASSIGN_OR_RETURN(const base::UniqueFd plain, ListenTcp(kLocalhost, 0));
  ASSIGN_OR_RETURN(const int unmarked, Reconnect(plain.get(), address));
  if (unmarked != 0) {
    return base::ErrnoStatus("connect without a mark", unmarked);
  }
  ASSIGN_OR_RETURN(const base::UniqueFd marked, ListenTcp(kLocalhost, 0, mark));
  ASSIGN_OR_RETURN(const int error, Reconnect(marked.get(), address));
  if (error != 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "marked sockets can be connected all the same");
}

}  // namespace faas::gatewayd
