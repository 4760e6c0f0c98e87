// own-sockets PORT NAME opens sockets of all families that reach more than the
// container, and connects to 127.0.0.1:PORT and to the abstract unix socket
// NAME.

#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

constexpr struct {
  const char* name;
  int family;
  int type;
  int protocol;
} kSockets[] = {
    {"AF_INET stream", AF_INET, SOCK_STREAM, 0},
    {"AF_INET datagram", AF_INET, SOCK_DGRAM, 0},
    {"AF_INET raw", AF_INET, SOCK_RAW, IPPROTO_ICMP},
    {"AF_INET mptcp", AF_INET, SOCK_STREAM, IPPROTO_MPTCP},
    {"AF_INET6 stream", AF_INET6, SOCK_STREAM, 0},
    {"AF_INET6 raw", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6},
    {"AF_NETLINK route", AF_NETLINK, SOCK_RAW, NETLINK_ROUTE},
    {"AF_NETLINK audit", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT},
    {"AF_NETLINK uevent", AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT},
    {"AF_PACKET", AF_PACKET, SOCK_RAW, 0},
    {"AF_VSOCK", AF_VSOCK, SOCK_STREAM, 0},
    {"AF_ALG", AF_ALG, SOCK_SEQPACKET, 0},
    {"AF_KEY", AF_KEY, SOCK_RAW, 2},
    {"AF_XDP", AF_XDP, SOCK_RAW, 0},
    {"AF_RDS", AF_RDS, SOCK_SEQPACKET, 0},
    {"AF_TIPC", AF_TIPC, SOCK_STREAM, 0},
    {"AF_BLUETOOTH", AF_BLUETOOTH, SOCK_RAW, 0},
    {"AF_SMC", AF_SMC, SOCK_STREAM, 0},
};

long ConnectTo(const std::string& port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  sockaddr_in host = {};
  host.sin_family = AF_INET;
  host.sin_port = htons(atoi(port.c_str()));
  host.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return connect(fd, reinterpret_cast<const sockaddr*>(&host), sizeof(host));
}

long ConnectToAbstract(const std::string& name) {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  // The first byte, a zero, makes it abstract.
  memcpy(address.sun_path + 1, name.data(), name.size());
  return connect(fd, reinterpret_cast<const sockaddr*>(&address),
                 offsetof(sockaddr_un, sun_path) + 1 + name.size());
}

}  // namespace

void OwnSockets(Attempt* attempt) {
  for (const auto& [name, family, type, protocol] : kSockets) {
    attempt->Try(name, [family = family, type = type, protocol = protocol] {
      return socket(family, type, protocol);
    });
  }
  // The kernel does not look at the upper half, but a filter might.
  attempt->Try("AF_INET with more bits", [] {
    return syscall(SYS_socket, AF_INET | 1L << 32, SOCK_STREAM, 0);
  });
  attempt->Try("connect 127.0.0.1",
               [attempt] { return ConnectTo(attempt->Argument(0)); });
  attempt->Try("connect abstract",
               [attempt] { return ConnectToAbstract(attempt->Argument(1)); });
  attempt->Try("socketpair AF_INET", [] {
    // A kernel that looks at the call says EOPNOTSUPP.
    int pair[2];
    return socketpair(AF_INET, SOCK_STREAM, 0, pair);
  });
}

}  // namespace faas::escape
