#ifndef FAAS_RUNNERD_PROFILE_CONTAINER_SETTINGS_H_
#define FAAS_RUNNERD_PROFILE_CONTAINER_SETTINGS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::v1 {
class ContainerOptions;
}  // namespace faas::v1

namespace faas::runnerd {

// The part of a container's profile that is set by the options of the function
// and, where the function has no option, by the flags of runnerd.
struct ContainerSettings {
  // The limit of memory and swap together.
  uint64_t memory_bytes = 0;
  // Thousandths of a processor; 0 for no limit.
  uint64_t cpu_millis = 0;
  // Processes and threads.
  uint64_t pids = 0;
  // The size of /tmp, and of /dev/shm.
  uint64_t tmpfs_bytes = 0;
  // How much may be written to the root file system; 0 if it is read-only.
  uint64_t writable_bytes = 0;
  // RLIMIT_NOFILE.
  uint64_t open_files = 0;
  bool host_network = false;
  // Environment variables, such as "NAME=VALUE".
  std::vector<std::string> env;
  // Capabilities, such as "CAP_SETUID".
  std::vector<std::string> capabilities;
  // Names of files in /run/secrets.
  std::vector<std::string> secrets;
};

// The limits of what functions may have, as runnerd's flags set them. runnerd
// checks them although registryd does too, because runnerd runs as root and
// registryd takes input from strangers.
struct GrantLimits {
  uint64_t max_memory_bytes = 0;
  uint64_t max_cpu_millis = 0;
  uint64_t max_pids = 0;
  std::vector<std::string> capabilities;
  bool host_network = false;
};

// Returns `host` with the values that `options` have in the place of its own.
// FAILED_PRECONDITION, with the option and the flag of runnerd, for an option
// beyond `grants`; INVALID_ARGUMENT for an option that means nothing.
absl::StatusOr<ContainerSettings> SettingsFor(
    const v1::ContainerOptions& options, const ContainerSettings& host,
    const GrantLimits& grants);

// Parses a list of capabilities such as "CAP_CHOWN,CAP_KILL". INVALID_ARGUMENT
// for a name that is no capability.
absl::StatusOr<std::vector<std::string>> ParseCapabilities(
    absl::string_view list);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_CONTAINER_SETTINGS_H_
