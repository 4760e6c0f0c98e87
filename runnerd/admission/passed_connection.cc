#include "runnerd/admission/passed_connection.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"

namespace faas::runnerd {
namespace {

absl::Status Refused(absl::string_view what) {
  return absl::PermissionDeniedError(
      absl::StrCat("gatewayd passed ", what, " in place of a connection"));
}

// Returns an option of the socket layer; -1 if `fd` is not a socket.
int Option(int fd, int option) {
  int value = -1;
  socklen_t length = sizeof(value);
  if (getsockopt(fd, SOL_SOCKET, option, &value, &length) != 0) return -1;
  return value;
}

}  // namespace

absl::Status CheckConnection(int fd, const absl::optional<Endpoint>& local) {
  const int domain = Option(fd, SO_DOMAIN);
  if (domain < 0) return Refused("what is no socket");
  // A raw socket may have TCP's protocol number too.
  if (domain != AF_INET || Option(fd, SO_TYPE) != SOCK_STREAM ||
      Option(fd, SO_PROTOCOL) != IPPROTO_TCP) {
    return Refused("a socket of another kind");
  }
  if (Option(fd, SO_ACCEPTCONN) != 0) return Refused("a listening socket");
  sockaddr_in name = {};
  socklen_t length = sizeof(name);
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length) != 0) {
    return base::ErrnoStatus("getsockname");
  }
  // A connection that was reset keeps its own address; a socket that was never
  // connected has none.
  const net::Ipv4 address = {ntohl(name.sin_addr.s_addr)};
  const uint16_t port = ntohs(name.sin_port);
  if (local.has_value() &&
      !(address == local->address && port == local->port)) {
    return Refused(
        absl::StrCat("a socket of ", net::ToString(address), ":", port));
  }
  sockaddr_in peer = {};
  length = sizeof(peer);
  if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &length) != 0 &&
      errno != ENOTCONN) {
    return base::ErrnoStatus("getpeername");
  }
  return absl::OkStatus();
}

}  // namespace faas::runnerd
