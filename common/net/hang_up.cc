#include "common/net/hang_up.h"

#include <poll.h>
#include <sys/ioctl.h>

namespace faas::net {

bool HasHungUp(int socket, bool client_speaks_first) {
  pollfd state = {.fd = socket, .events = POLLRDHUP};
  if (poll(&state, 1, 0) <= 0) return false;
  if ((state.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0) return true;
  if (!client_speaks_first) return false;
  int unread = 0;
  return ioctl(socket, FIONREAD, &unread) == 0 && unread == 0;
}

}  // namespace faas::net
