#ifndef FAAS_RUNNERD_PROFILE_CONTAINER_SETTINGS_H_
#define FAAS_RUNNERD_PROFILE_CONTAINER_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "faas/v1/function.pb.h"

namespace faas::runnerd {

// What of a container's profile is the function's, and where the function says
// nothing, the host's: runnerd's flags.
struct ContainerSettings {
  uint64_t memory_bytes = 0;  // swap included
  uint64_t cpu_millis = 0;    // 0 for no limit
  uint64_t pids = 0;
  uint64_t tmpfs_bytes = 0;     // /tmp, and /dev/shm again as much
  uint64_t writable_bytes = 0;  // 0 for a read-only root
  uint64_t open_files = 0;      // RLIMIT_NOFILE
  bool host_network = false;
  std::vector<std::string> env;           // "NAME=VALUE"
  std::vector<std::string> capabilities;  // "CAP_SETUID"
  std::vector<std::string> secrets;       // names of files
};

// What the host allows owners to open. The registry is not trusted to keep to
// it: runnerd runs as root, and registryd reads strangers' bytes.
struct GrantLimits {
  uint64_t max_memory_bytes = 0;
  uint64_t max_cpu_millis = 0;
  uint64_t max_pids = 0;
  std::vector<std::string> capabilities;
  bool host_network = false;
};

// `host`, with what `options` set. FAILED_PRECONDITION, with the option and
// runnerd's flag, for what the host does not grant; INVALID_ARGUMENT for what
// is no option at all.
absl::StatusOr<ContainerSettings> SettingsFor(
    const v1::ContainerOptions& options, const ContainerSettings& host,
    const GrantLimits& grants);

// A list such as "CAP_CHOWN,CAP_KILL" as the flag has it. INVALID_ARGUMENT for
// a name that is no capability.
absl::StatusOr<std::vector<std::string>> ParseCapabilities(
    absl::string_view list);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_CONTAINER_SETTINGS_H_
