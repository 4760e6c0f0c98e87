#include "gatewayd/client_state.h"

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

}  // namespace faas::gatewayd
