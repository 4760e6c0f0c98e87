#ifndef FAAS_COMMON_RPC_LISTENER_H_
#define FAAS_COMMON_RPC_LISTENER_H_

#include <sys/types.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::rpc {

// A Listener is a socket that the API listens on. It is made before gRPC
// starts, so that a daemon can bind as root and give its privileges up while it
// has one thread:
//
//   ASSIGN_OR_RETURN(auto listener, Listener::Unix(path, group));
//   // setresuid, capset and so on
//   Server::Start({.listener = std::move(listener), ...})
//
// Clients that connect before the server runs wait in the socket's queue.
class Listener {
 public:
  // Binds the unix socket `path` with mode 0660 and the group `group`. The
  // socket gets its name only when mode and group are set. It replaces what had
  // that name, so hold the instance's lock. Returns INVALID_ARGUMENT if the
  // path is too long for a socket.
  static absl::StatusOr<Listener> Unix(const std::string& path, gid_t group);

  // Binds all addresses that "HOST:PORT" stands for; an empty host is any
  // address. Returns INVALID_ARGUMENT if it is no address, and UNAVAILABLE if
  // it cannot be bound.
  static absl::StatusOr<std::vector<Listener>> Tcp(const std::string& address);

  // Returns the TCP socket that the service manager has made and named `name`
  // (FileDescriptorName=), so that a daemon without a network can have one.
  // Returns FAILED_PRECONDITION if there is none. See sd_listen_fds(3).
  static absl::StatusOr<Listener> FromSystemd(const std::string& name);

  Listener() = default;

  bool valid() const { return socket_.valid(); }
  int fd() const { return socket_.get(); }
  // Returns the path, or the address as it was given.
  const std::string& name() const { return name_; }
  // Returns whether only this host can reach it.
  bool local() const { return local_; }

  // Refuses new connections, and closes those that nobody has accepted.
  void Close() { socket_.reset(); }

 private:
  Listener(base::UniqueFd socket, std::string name, bool local)
      : socket_(std::move(socket)), name_(std::move(name)), local_(local) {}

  base::UniqueFd socket_;
  std::string name_;
  bool local_ = false;
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_LISTENER_H_
