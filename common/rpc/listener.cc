#include "common/rpc/listener.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"

namespace faas::rpc {
namespace {

constexpr char kUnpublished[] = ".new";
constexpr mode_t kSocketMode = 0660;

absl::Status CannotListen(const std::string& address, absl::string_view why) {
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address, ": ", why));
}

bool IsLoopback(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    return ntohl(v4->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
  return address->sa_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

// Returns the addresses of "[::1]:80", "host:80" or ":80".
absl::StatusOr<Addresses> Resolve(const std::string& text) {
  const size_t colon = text.find_last_of(':');
  std::string host = text.substr(0, colon);
  if (colon == std::string::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text, "\" is no address; write HOST:PORT"));
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  const addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV,
                          .ai_socktype = SOCK_STREAM};
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.empty() ? nullptr : host.c_str(),
                                text.substr(colon + 1).c_str(), &hints, &found);
  if (error != 0) return CannotListen(text, gai_strerror(error));
  return Addresses(found);
}

// Returns NOT_FOUND if this host does not have such addresses.
absl::StatusOr<base::UniqueFd> ListenTcp(const addrinfo& address,
                                         const std::string& text) {
  base::UniqueFd fd(
      socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) {
    return errno == EAFNOSUPPORT ? absl::NotFoundError("no such addresses here")
                                 : base::ErrnoStatus("socket");
  }
  const int on = 1;
  // Connections of a previous run must not keep this one from starting. Without
  // SO_REUSEPORT nobody else can have the port at the same time.
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  // Answers are small, and clients wait for them. Connections inherit this
  // option.
  setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  // IPv4 gets a socket of its own.
  if (address.ai_family == AF_INET6) {
    setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
  }
  if (bind(fd.get(), address.ai_addr, address.ai_addrlen) != 0 ||
      listen(fd.get(), SOMAXCONN) != 0) {
    const int error = errno;
    if (error == EADDRINUSE) {
      return CannotListen(text, "is the address in use?");
    }
    const absl::Status status = base::ErrnoStatus("bind", error);
    // "localhost" may stand for an IPv6 address that has been switched off.
    if (error == EADDRNOTAVAIL) return absl::NotFoundError(status.message());
    return CannotListen(text, status.message());
  }
  return fd;
}

// Returns the descriptor that the service manager has named `name`, or -1.
int FindPassed(const std::string& name) {
  constexpr int kFirstPassed = 3;
  const char* pid = getenv("LISTEN_PID");
  const char* names = getenv("LISTEN_FDNAMES");
  int owner;
  // The variables may be those of a parent process.
  if (pid == nullptr || names == nullptr || !absl::SimpleAtoi(pid, &owner) ||
      owner != getpid()) {
    return -1;
  }
  int fd = kFirstPassed;
  for (absl::string_view each : absl::StrSplit(names, ':')) {
    if (each == name) return fd;
    ++fd;
  }
  return -1;
}

// Returns an address such as "127.0.0.1:8080".
std::string AddressText(const sockaddr_storage& address, socklen_t size) {
  char host[NI_MAXHOST], port[NI_MAXSERV];
  if (getnameinfo(reinterpret_cast<const sockaddr*>(&address), size, host,
                  sizeof(host), port, sizeof(port),
                  NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
    return "";
  }
  return address.ss_family == AF_INET6 ? absl::StrCat("[", host, "]:", port)
                                       : absl::StrCat(host, ":", port);
}

}  // namespace

absl::StatusOr<Listener> Listener::FromSystemd(const std::string& name) {
  const int fd = FindPassed(name);
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  int listens = 0;
  socklen_t listens_size = sizeof(listens);
  if (fd < 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &listens_size) != 0 ||
      listens == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the service manager has passed no listening socket \"", name,
        "\"; start the unit's .socket, with FileDescriptorName=", name));
  }
  base::UniqueFd socket(fd);
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
      fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
    return base::ErrnoStatus("fcntl");
  }
  return Listener(std::move(socket), AddressText(address, size),
                  IsLoopback(reinterpret_cast<const sockaddr*>(&address)));
}

absl::StatusOr<Listener> Listener::Unix(const std::string& path, gid_t group) {
  const std::string unpublished = path + kUnpublished;
  if (unpublished.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "socket path \"", path, "\" is too long; choose a shorter --run_dir"));
  }
  const size_t slash = unpublished.find_last_of('/') + 1;
  ASSIGN_OR_RETURN(
      const base::UniqueFd directory,
      fs::Open(unpublished.substr(0, slash), O_PATH | O_DIRECTORY));
  const std::string name = unpublished.substr(slash);
  ASSIGN_OR_RETURN(
      base::UniqueFd socket,
      ipc::ListenAt(directory.get(), name, SOCK_STREAM, SOMAXCONN));
  // The group comes first, because the mode is meant for that group and for no
  // other.
  if (fchownat(directory.get(), name.c_str(), -1, group, 0) != 0 ||
      fchmodat(directory.get(), name.c_str(), kSocketMode, 0) != 0 ||
      rename(unpublished.c_str(), path.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("publish socket \"", path, "\""));
  }
  return Listener(std::move(socket), path, /*local=*/true);
}

absl::StatusOr<std::vector<Listener>> Listener::Tcp(
    const std::string& address) {
  ASSIGN_OR_RETURN(const Addresses addresses, Resolve(address));
  std::vector<Listener> listeners;
  absl::Status absent = CannotListen(address, "it has no address");
  for (const addrinfo* each = addresses.get(); each != nullptr;
       each = each->ai_next) {
    absl::StatusOr<base::UniqueFd> socket = ListenTcp(*each, address);
    if (socket.ok()) {
      listeners.push_back(
          Listener(*std::move(socket), address, IsLoopback(each->ai_addr)));
    } else if (absl::IsNotFound(socket.status())) {
      absent = CannotListen(address, socket.status().message());
    } else {
      return socket.status();
    }
  }
  if (listeners.empty()) return absent;
  return listeners;
}

}  // namespace faas::rpc
