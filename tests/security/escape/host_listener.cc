#include "tests/security/escape/host_listener.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"

namespace faas::escape {
namespace {

constexpr int kBacklog = 64;

absl::StatusOr<base::UniqueFd> ListenOn(int family, const sockaddr* address,
                                        socklen_t size) {
  base::UniqueFd fd(
      socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid() || bind(fd.get(), address, size) != 0 ||
      listen(fd.get(), kBacklog) != 0) {
    return base::ErrnoStatus("listen on the host");
  }
  return fd;
}

sockaddr_in OwnAddress(int fd) {
  sockaddr_in address = {};
  socklen_t size = sizeof(address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  return address;
}

}  // namespace

absl::StatusOr<HostListener> HostListener::Tcp() {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  absl::StatusOr<base::UniqueFd> fd = ListenOn(
      AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  if (!fd.ok()) return fd.status();
  return HostListener(*std::move(fd));
}

absl::StatusOr<HostListener> HostListener::Abstract(const std::string& name) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  memcpy(address.sun_path + 1, name.data(), name.size());
  absl::StatusOr<base::UniqueFd> fd =
      ListenOn(AF_UNIX, reinterpret_cast<const sockaddr*>(&address),
               offsetof(sockaddr_un, sun_path) + 1 + name.size());
  if (!fd.ok()) return fd.status();
  return HostListener(*std::move(fd));
}

std::string HostListener::port() const {
  return absl::StrCat(ntohs(OwnAddress(fd_.get()).sin_port));
}

int HostListener::Arrivals() {
  int arrivals = 0;
  while (true) {
    const base::UniqueFd arrived(
        accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!arrived.valid()) return arrivals;
    ++arrivals;
  }
}

absl::StatusOr<HostListener::Connection> HostListener::Connect() {
  Connection connection;
  connection.client =
      base::UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = OwnAddress(fd_.get());
  if (connect(connection.client.get(),
              reinterpret_cast<const sockaddr*>(&address),
              sizeof(address)) != 0) {
    return base::ErrnoStatus("connect to the host's listener");
  }
  connection.accepted =
      base::UniqueFd(accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection.accepted.valid()) return base::ErrnoStatus("accept");
  return connection;
}

}  // namespace faas::escape
