#ifndef FAAS_RUNNERD_FLAGS_H_
#define FAAS_RUNNERD_FLAGS_H_

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/message_limits.h"
#include "runnerd/profile/container_settings.h"

// main() needs this flag for daemon::Begin, which comes before all else. All
// other flags are read by ReadFlags alone.
ABSL_DECLARE_FLAG(int, parent_pid);

namespace faas::runnerd {

// How layers become a root file system: see --rootfs.
enum class RootfsMode { kAuto, kOverlay, kFlat };

// The values of runnerd's flags, checked. Where 0 or the empty string stands
// for another value, such as a part of the host's memory, that value is here.
struct Flags {
  std::string state_dir;
  std::string run_dir;
  // The process with which runnerd ends, its supervisor; 0 for none.
  int parent_pid = 0;
  // The user that gatewayd runs as. Nobody else may offer connections.
  uid_t gateway = 0;
  // Limits of the gRPC API.
  rpc::Limits api;

  // The command line of the OCI runtime, as Runtime::Find takes it.
  std::string runtime;
  RootfsMode rootfs = RootfsMode::kAuto;
  // The host's user and group id for the root of containers; 0 for no user
  // namespace.
  uint32_t id_base = 0;
  // Whether to start on a host that cannot enforce some limit of containers.
  bool allow_missing_limits = false;
  // The AppArmor profile of containers; empty for none.
  std::string apparmor_profile;

  // What a container gets unless its function has options that say otherwise.
  ContainerSettings container;
  // How far a function's options may go.
  GrantLimits grants;
  // How much of each output stream of a container is kept for the log.
  size_t output_limit_bytes = 0;

  struct Timeouts {
    // From the start of a container to its handler's connection to
    // /control.sock.
    absl::Duration start;
    // From the hand-over of a connection to the end of its container.
    absl::Duration request;
    // From the stop signal to SIGKILL.
    absl::Duration kill_grace;
    // From the start of the runtime to its end, when the container runs.
    absl::Duration runtime;
    // From the signal that stops runnerd to the end of all containers.
    absl::Duration stop;
  };
  Timeouts timeouts;

  // Which connections get a container, and which may wait for one.
  struct Admission {
    // Instances with a connection, of all functions and of each function.
    size_t max_instances = 0;
    size_t max_concurrency = 0;
    // Instances that are starting for a connection.
    size_t max_starting = 0;
    // Connections that wait, of each function and of all functions.
    size_t max_queued = 0;
    size_t max_queued_total = 0;
    // How long a connection may wait.
    absl::Duration queue_timeout;
    // Connections of one client address; 0 for no limit.
    size_t max_per_client = 0;
    absl::Duration overload_after;
    absl::Duration overload_wait;
  };
  Admission admission;

  // How many warm instances there are, and how long they live.
  struct WarmPool {
    // Warm instances of all functions, those that are starting included.
    size_t max_instances = 0;
    uint64_t max_memory_bytes = 0;
    // Warm instances that are starting.
    size_t max_starting = 0;
    // How long after its last connection a function with `--warm auto` still
    // has warm instances.
    absl::Duration idle_after;
    // The age at which a warm instance is replaced.
    absl::Duration max_age;
  };
  WarmPool warm_pool;
};

// Reads and checks all flags of the command line. Asks the host for its memory,
// its processors and the account of --gateway_user, and changes nothing.
// INVALID_ARGUMENT, with the flag and its value, for a value that means nothing
// or that would let nobody in; FAILED_PRECONDITION if there is no such account.
absl::StatusOr<Flags> ReadFlags();

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_FLAGS_H_
