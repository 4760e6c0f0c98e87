#include "tests/benchmark/reference/reference_listener.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>

#include "common/base/errno_status.h"
#include "common/net/ipv4.h"

namespace faas::benchmark {
namespace {

constexpr int kBacklog = 4096;

}  // namespace

absl::StatusOr<base::UniqueFd> Listen(uint16_t port) {
  base::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return base::ErrnoStatus("socket(AF_INET)");
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const sockaddr_in name = net::SocketAddress({INADDR_LOOPBACK}, port);
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) !=
          0 ||
      listen(fd.get(), kBacklog) != 0) {
    return base::ErrnoStatus("listen on 127.0.0.1");
  }
  return fd;
}

absl::StatusOr<base::UniqueFd> Accept(int listener) {
  base::UniqueFd fd;
  do {
    fd.reset(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  } while (!fd.valid() && errno == EINTR);
  if (!fd.valid()) return base::ErrnoStatus("accept");
  return fd;
}

void SayReady() {
  std::puts("ready");
  std::fflush(stdout);
}

}  // namespace faas::benchmark
