#ifndef FAAS_GATEWAYD_SOCKET_PROBE_H_
#define FAAS_GATEWAYD_SOCKET_PROBE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::gatewayd {

// A SocketProbe finds out, by trying, whether a handler could connect the
// socket that it is passed to something else. A guard does not count before a
// probe has seen it work. The probe talks only to this process itself, on
// 127.0.0.1.
class SocketProbe {
 public:
  // Opens a listener that the attempts to connect would reach. Call it before
  // the process moves into its cgroup, where it may not be allowed to bind.
  static absl::StatusOr<SocketProbe> Open();

  // Returns OK if the kernel refuses, with EPERM, to connect a socket that this
  // process makes, by connect and by MSG_FASTOPEN. FAILED_PRECONDITION if not.
  absl::Status CheckCannotConnect() const;

  // Returns OK if a connection cannot be disconnected and connected again when
  // its listener has `mark`, and can be when its listener has none.
  // FAILED_PRECONDITION if the marked one can be connected too.
  absl::Status CheckMarkedCannotConnect(uint32_t mark) const;

 private:
  explicit SocketProbe(base::UniqueFd target) : target_(std::move(target)) {}

  base::UniqueFd target_;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SOCKET_PROBE_H_
