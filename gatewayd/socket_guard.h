#ifndef FAAS_GATEWAYD_SOCKET_GUARD_H_
#define FAAS_GATEWAYD_SOCKET_GUARD_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::gatewayd {

// A SocketGuard says what keeps handlers from connecting the sockets that they
// are passed to something else. Such a socket belongs to the host's network,
// whatever namespaces the handler is in, so without a guard a handler could
// disconnect it and reach that network. A guard covers the connections of
// listeners that are opened after it was set.
struct SocketGuard {
  enum class Kind {
    kNone,
    // BPF programs at gatewayd's cgroup, or whatever else makes the kernel
    // refuse to connect its sockets with EPERM.
    kBpf,
    // A mark on the listeners, and a rule of nftables for sockets that have it.
    kFirewall,
  };
  Kind kind = Kind::kNone;
  // What the guard is, for people: a cgroup's directory, a table of nftables,
  // or for kNone what failed.
  std::string detail;
  // The SO_MARK that listeners must have; 0 for none.
  uint32_t mark = 0;

  // Returns the kind as it is logged: "BPF", "firewall" or "none".
  absl::string_view name() const;
};

// A SocketGuardChoice says which guard is wanted. kAuto stands for the first
// one that works.
enum class SocketGuardChoice { kAuto, kBpf, kFirewall, kNone };

// Parses a value of --socket_guard: "auto", "bpf", "firewall" or "none".
// INVALID_ARGUMENT for others.
absl::StatusOr<SocketGuardChoice> ParseSocketGuardChoice(
    absl::string_view text);

// The options of SetSocketGuard.
struct SocketGuardOptions {
  // The cgroup and the table are named after this directory, so that several
  // faasd on one host do not use the same ones.
  std::string run_dir;
  SocketGuardChoice choice = SocketGuardChoice::kAuto;
  // The user that gatewayd will be. BPF lets nobody else bind its sockets.
  uid_t uid = 0;
  // The mark for kFirewall.
  uint32_t mark = 0;
  // Whether to go on without a guard if none works.
  bool allow_socket_reuse = false;
};

// Sets a guard up and proves, by trying, that it works. Call it with the
// privileges of root and before a listener is opened. May move the process into
// another cgroup2 directory. FAILED_PRECONDITION, saying why, if no guard
// works.
absl::StatusOr<SocketGuard> SetSocketGuard(const SocketGuardOptions& options);

// Removes what the guards of this run directory have left on the host. Call it
// when neither gatewayd nor a container runs any more.
absl::Status RemoveSocketGuard(const std::string& run_dir);

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_SOCKET_GUARD_H_
