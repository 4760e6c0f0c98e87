#ifndef FAAS_TESTS_SECURITY_ESCAPE_HOST_LISTENER_H_
#define FAAS_TESTS_SECURITY_ESCAPE_HOST_LISTENER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::escape {

// A HostListener is a socket on the host that no function may reach.
// Thread-compatible.
class HostListener {
 public:
  // Listens on 127.0.0.1, at a port that is free.
  static absl::StatusOr<HostListener> Tcp();
  // Listens on an abstract unix socket.
  static absl::StatusOr<HostListener> Abstract(const std::string& name);

  // Returns the port of Tcp.
  std::string port() const;

  // Returns how many connections have come since the last call. The kernel
  // completes them by itself.
  int Arrivals();

  // Makes a connection and returns its two ends: the accepted one and the
  // client's.
  struct Connection {
    base::UniqueFd accepted;
    base::UniqueFd client;
  };
  absl::StatusOr<Connection> Connect();

 private:
  explicit HostListener(base::UniqueFd fd) : fd_(std::move(fd)) {}

  base::UniqueFd fd_;
};

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_HOST_LISTENER_H_
