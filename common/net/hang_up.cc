#include "common/net/hang_up.h"

#include <poll.h>
#include <sys/ioctl.h>

namespace faas::net {

bool HasHungUp(int socket) {
  pollfd state = {.fd = socket, .events = POLLRDHUP};
  if (poll(&state, 1, 0) <= 0) return false;
  if ((state.revents & (POLLERR | POLLNVAL)) != 0) return true;
  int unread = 0;
  return ioctl(socket, FIONREAD, &unread) == 0 && unread == 0;
}

}  // namespace faas::net
