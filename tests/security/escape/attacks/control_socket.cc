// control-socket attacks /control.sock, and the connection to it once the
// client's connection has come over it.

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/control_flood.h"

namespace faas::escape {
namespace {

long ConnectAgain(int type) {
  const int fd = socket(AF_UNIX, type, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strcpy(address.sun_path, "/control.sock");
  return connect(fd, reinterpret_cast<const sockaddr*>(&address),
                 sizeof(address));
}

}  // namespace

void ControlSocket(Attempt* attempt) {
  struct stat status = {};
  stat("/control.sock", &status);
  char mode[16];
  snprintf(mode, sizeof(mode), "%o", status.st_mode & 07777);
  attempt->Tell("mode", mode);
  attempt->Tell("owner is the user", status.st_uid == getuid() ? "yes" : "no");
  attempt->Try("connect again", [] { return ConnectAgain(SOCK_STREAM); });
  // runnerd closes its end after the message, perhaps only after this step
  // begins.
  attempt->Try("receive again", [attempt] {
    const timeval patience = {120, 0};
    setsockopt(attempt->control(), SOL_SOCKET, SO_RCVTIMEO, &patience,
               sizeof(patience));
    char byte;
    const ssize_t size = recv(attempt->control(), &byte, 1, 0);
    if (size != 0) return size;
    errno = kEmpty;
    return ssize_t{-1};
  });
  attempt->Try("flood", [attempt] { return FloodControl(attempt->control()); });
}

}  // namespace faas::escape
