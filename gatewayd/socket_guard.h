#ifndef FAAS_GATEWAYD_SOCKET_GUARD_H_
#define FAAS_GATEWAYD_SOCKET_GUARD_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::gatewayd {

// What keeps a handler from using the socket that it is passed, which belongs
// to the host's network whatever namespaces the handler is in, for a connection
// of its own. In force for what listeners accept that are opened after it.
struct SocketGuard {
  enum class Kind {
    kNone,
    // BPF programs at gatewayd's cgroup (or whatever refuses with EPERM there).
    kBpf,
    // The mark of listeners, and a rule of nftables on what has it.
    kFirewall,
  };
  Kind kind = Kind::kNone;
  // What it is, for people: a cgroup's directory, a table, or what failed.
  std::string detail;
  // SO_MARK of listeners; 0 for none.
  uint32_t mark = 0;

  // "bpf"
  absl::string_view name() const;
};

// Which guard is wanted. kAuto stands for the first that works.
enum class SocketGuardChoice { kAuto, kBpf, kFirewall, kNone };

// Parses a value of --socket_guard: "auto", "bpf", "firewall" or "none".
// INVALID_ARGUMENT for others.
absl::StatusOr<SocketGuardChoice> ParseSocketGuardChoice(
    absl::string_view text);

struct SocketGuardOptions {
  // Names the cgroup and the table after it, so that instances do not meet.
  std::string run_dir;
  SocketGuardChoice choice = SocketGuardChoice::kAuto;
  // Whose gatewayd will be: nobody else may bind its sockets.
  uid_t uid = 0;
  uint32_t mark = 0;
  // Go on without any.
  bool allow_socket_reuse = false;
};

// Sets a guard up and proves that it works. Call it with root's privileges,
// before a listener is opened. May move the process into another cgroup2
// directory. FAILED_PRECONDITION if there is none to be had, and says why.
absl::StatusOr<SocketGuard> SetSocketGuard(const SocketGuardOptions& options);

// Removes what guards of this run directory have left on the host, when neither
// gatewayd nor a container runs any more.
absl::Status RemoveSocketGuard(const std::string& run_dir);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SOCKET_GUARD_H_
