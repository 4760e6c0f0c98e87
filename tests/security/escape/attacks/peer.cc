// peer attacks the process at the other end of /control.sock, by the handle
// that the kernel gives of it. Without a platform it is the process at standard
// input.

#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

// Newer headers have it.
#ifndef SO_PEERPIDFD
constexpr int SO_PEERPIDFD = 77;
#endif
// <linux/pidfd.h>
constexpr unsigned long kMountNamespace = _IO(0xFF, 3);
constexpr unsigned long kNetworkNamespace = _IO(0xFF, 4);
constexpr unsigned long kUserNamespace = _IO(0xFF, 9);

int PeerOf(int connection) {
  int pidfd = -1;
  socklen_t size = sizeof(pidfd);
  return getsockopt(connection, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &size) == 0
             ? pidfd
             : -1;
}

}  // namespace

void Peer(Attempt* attempt) {
  const int peer = PeerOf(attempt->control());
  attempt->Try("signal", [peer] {
    return syscall(SYS_pidfd_send_signal, peer, 0, nullptr, 0);
  });
  attempt->Try("descriptor",
               [peer] { return syscall(SYS_pidfd_getfd, peer, 0, 0); });
  attempt->Try("mount namespace",
               [peer] { return ioctl(peer, kMountNamespace); });
  attempt->Try("network namespace",
               [peer] { return ioctl(peer, kNetworkNamespace); });
  attempt->Try("user namespace",
               [peer] { return ioctl(peer, kUserNamespace); });
}

}  // namespace faas::escape
