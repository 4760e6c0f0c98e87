// passed-socket WHAT [PORT] tries what can be made of the client's connection,
// which belongs to the host's network. WHAT is "reconnect" or "fast-open" (to
// 127.0.0.1:PORT), "listen", or "interfaces".

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

// Older headers of <linux/sockios.h> lack it.
constexpr unsigned long kGetSocketNamespace = 0x894C;

constexpr unsigned long kUpperBit = 1UL << 32;

sockaddr_in Loopback(const std::string& port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(atoi(port.c_str()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// It does not wait for packets that a firewall drops.
void LimitPatience(int connection) {
  const timeval patience = {2, 0};
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

// Stands for close and socket: the same socket becomes free for another peer.
void Disconnect(Attempt* attempt) {
  LimitPatience(attempt->connection());
  attempt->Try("disconnect", [attempt] {
    sockaddr nobody = {};
    nobody.sa_family = AF_UNSPEC;
    return connect(attempt->connection(), &nobody, sizeof(nobody));
  });
}

void Reconnect(Attempt* attempt) {
  Disconnect(attempt);
  attempt->Try("connect", [attempt] {
    const sockaddr_in host = Loopback(attempt->Argument(1));
    return connect(attempt->connection(),
                   reinterpret_cast<const sockaddr*>(&host), sizeof(host));
  });
}

void FastOpen(Attempt* attempt) {
  Disconnect(attempt);
  attempt->Try("sendto MSG_FASTOPEN", [attempt] {
    const sockaddr_in host = Loopback(attempt->Argument(1));
    return sendto(attempt->connection(), "escaped", 7,
                  MSG_FASTOPEN | MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&host), sizeof(host));
  });
}

void Listen(Attempt* attempt) {
  Disconnect(attempt);
  const int connection = attempt->connection();
  attempt->Try("bind", [connection] {
    const sockaddr_in any = Loopback("0");
    return bind(connection, reinterpret_cast<const sockaddr*>(&any),
                sizeof(any));
  });
  attempt->Try("listen", [connection] { return listen(connection, 1); });
  attempt->Try("accept", [connection] {
    fcntl(connection, F_SETFL, O_NONBLOCK);
    return accept(connection, nullptr, nullptr);
  });
  attempt->Try("accept4", [connection] {
    fcntl(connection, F_SETFL, O_NONBLOCK);
    return accept4(connection, nullptr, nullptr, SOCK_CLOEXEC);
  });
}

long OfLoopback(int connection, unsigned long request, const char* name) {
  ifreq interface = {};
  strcpy(interface.ifr_name, name);
  interface.ifr_addr.sa_family = AF_INET;
  const sockaddr_in address = Loopback("0");
  memcpy(&interface.ifr_addr, &address, sizeof(address));
  if (request == SIOCGIFNAME) interface.ifr_ifindex = 1;
  return ioctl(connection, request, &interface);
}

void Interfaces(Attempt* attempt) {
  const int connection = attempt->connection();
  attempt->Try("SIOCGIFCONF", [connection] {
    ifreq interfaces[8];
    ifconf all = {};
    all.ifc_len = sizeof(interfaces);
    all.ifc_req = interfaces;
    return ioctl(connection, SIOCGIFCONF, &all);
  });
  const struct {
    const char* name;
    unsigned long request;
  } kRequests[] = {
      {"SIOCGIFADDR", SIOCGIFADDR},     {"SIOCGIFFLAGS", SIOCGIFFLAGS},
      {"SIOCGIFHWADDR", SIOCGIFHWADDR}, {"SIOCGIFINDEX", SIOCGIFINDEX},
      {"SIOCGIFNAME", SIOCGIFNAME},
  };
  for (const auto& [name, request] : kRequests) {
    attempt->Try(name, [connection, request = request] {
      return OfLoopback(connection, request, "lo");
    });
  }
  // The kernel does not look at the upper half, but a filter might.
  attempt->Try("SIOCGIFNAME with more bits", [connection] {
    ifreq interface = {};
    interface.ifr_ifindex = 1;
    return syscall(SYS_ioctl, connection, SIOCGIFNAME | kUpperBit, &interface);
  });
  attempt->Try("SIOCSIFADDR", [connection] {
    return OfLoopback(connection, SIOCSIFADDR, "lo:escape");
  });
  const int value = 1;
  const struct {
    const char* name;
    int level;
    int option;
  } kOptions[] = {
      // A firewall knows the socket by its mark.
      {"SO_MARK", SOL_SOCKET, SO_MARK},
      {"SO_RCVBUFFORCE", SOL_SOCKET, SO_RCVBUFFORCE},
      {"IP_TRANSPARENT", IPPROTO_IP, IP_TRANSPARENT},
      {"TCP_REPAIR", IPPROTO_TCP, TCP_REPAIR},
  };
  for (const auto& [name, level, option] : kOptions) {
    attempt->Try(name, [&, level = level, option = option] {
      return setsockopt(connection, level, option, &value, sizeof(value));
    });
  }
  // This would lead to everything else, with setns.
  attempt->Try("SIOCGSKNS", [connection] {
    return ioctl(connection, kGetSocketNamespace, 0);
  });
}

}  // namespace

void PassedSocket(Attempt* attempt) {
  const std::string what = attempt->Argument(0);
  if (what == "reconnect") Reconnect(attempt);
  if (what == "fast-open") FastOpen(attempt);
  if (what == "listen") Listen(attempt);
  if (what == "interfaces") Interfaces(attempt);
}

}  // namespace faas::escape
