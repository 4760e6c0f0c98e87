#include "gatewayd/client_state.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>

namespace faas::gatewayd {

ClientState PeekClient(int fd) {
  char first;
  const ssize_t n = recv(fd, &first, sizeof(first), MSG_PEEK | MSG_DONTWAIT);
  if (n > 0) return ClientState::kSpoke;
  if (n == 0) return ClientState::kEnded;
  return errno == EAGAIN || errno == EINTR ? ClientState::kSilent
                                           : ClientState::kReset;
}

bool ClientHasReset(int fd) {
  // POLLHUP needs both directions closed. We have never shut ours down, so it
  // was a reset, even if somebody has read the error (POLLERR) meanwhile.
  pollfd connection = {.fd = fd};
  return poll(&connection, 1, 0) == 1 &&
         (connection.revents & (POLLERR | POLLHUP)) != 0;
}

}  // namespace faas::gatewayd
