#ifndef FAAS_TESTS_SECURITY_ESCAPE_HOST_LISTENER_H_
#define FAAS_TESTS_SECURITY_ESCAPE_HOST_LISTENER_H_

#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::escape {

// Somebody on the host whom no function is to reach. Thread-compatible.
class HostListener {
 public:
  // On 127.0.0.1, at a port that is free.
  static absl::StatusOr<HostListener> Tcp();
  // On an abstract unix socket.
  static absl::StatusOr<HostListener> Abstract(const std::string& name);

  // Of Tcp.
  std::string port() const;

  // How many connections have come since the last call: the kernel completes
  // them without us.
  int Arrivals();

  // A connection to it: the end that is accepted, and a client's.
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
