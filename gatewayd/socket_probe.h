#ifndef FAAS_GATEWAYD_SOCKET_PROBE_H_
#define FAAS_GATEWAYD_SOCKET_PROBE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::gatewayd {

// Finds out by trying whether a handler could connect the socket that it is
// passed to something else: nothing that was set up counts before it has been
// seen to work. All traffic is this process's own, on 127.0.0.1.
class SocketProbe {
 public:
  // Listens, for there to be something that a connection would reach. Opened
  // before the process moves into its cgroup, where it may not be able to.
  static absl::StatusOr<SocketProbe> Open();

  // OK if the kernel refuses (EPERM) to connect a socket that this process
  // makes, and to connect it by MSG_FASTOPEN.
  absl::Status CheckCannotConnect() const;

  // OK if a connection that a listener with `mark` has accepted is refused when
  // it is disconnected and connected again, while that of one without is not.
  absl::Status CheckMarkedCannotConnect(uint32_t mark) const;

 private:
  explicit SocketProbe(base::UniqueFd target) : target_(std::move(target)) {}

  base::UniqueFd target_;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SOCKET_PROBE_H_
