#include "runnerd/profile/container_settings.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "faas/v1/function.pb.h"
#include "function/capability.h"
#include "function/option_checks.h"

namespace faas::runnerd {
namespace {

absl::Status NotGranted(absl::string_view option, absl::string_view flag,
                        absl::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrCat(option, " ", why, "; runnerd's ", flag, " says so"));
}

// Sets `value` to `option`, which must not be more than `most`. An option of 0
// leaves `value` as it is.
template <typename Value>
absl::Status Take(Value option, Value most, absl::string_view name,
                  absl::string_view flag, uint64_t* value) {
  if (option == 0) return absl::OkStatus();
  if (option > most) {
    return NotGranted(name, flag,
                      absl::StrCat("is ", option, ", and this host grants ",
                                   most, " at most"));
  }
  *value = option;
  return absl::OkStatus();
}

// Sets `value` to the size of a tmpfs, which cannot be larger than the memory
// of the container: what is written to a tmpfs counts as memory.
absl::Status TakeFileSpace(absl::string_view name, uint64_t option,
                           uint64_t memory, uint64_t* value) {
  if (option > memory) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", option,
                     " bytes, and they are in memory, of "
                     "which the container has ",
                     memory, "; give it more with --memory"));
  }
  if (option > 0) *value = option;
  *value = std::min(*value, memory);
  return absl::OkStatus();
}

absl::Status TakeCapabilities(const v1::ContainerOptions& options,
                              const GrantLimits& grants,
                              ContainerSettings& settings) {
  for (const std::string& capability : options.capabilities()) {
    if (std::find(grants.capabilities.begin(), grants.capabilities.end(),
                  capability) == grants.capabilities.end()) {
      return NotGranted("--cap-add", "--grantable_capabilities",
                        absl::StrCat("names ", capability,
                                     ", which this host does not grant"));
    }
    settings.capabilities.push_back(capability);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ContainerSettings> SettingsFor(
    const v1::ContainerOptions& options, const ContainerSettings& host,
    const GrantLimits& grants) {
  RETURN_IF_ERROR(function::CheckContainerOptions(options));
  ContainerSettings settings = host;
  RETURN_IF_ERROR(Take<uint64_t>(
      options.memory_bytes(), grants.max_memory_bytes, "--memory",
      "--max_container_memory_bytes", &settings.memory_bytes));
  RETURN_IF_ERROR(Take<uint64_t>(options.cpu_millis(), grants.max_cpu_millis,
                                 "--cpus (in thousandths)",
                                 "--max_container_cpus", &settings.cpu_millis));
  RETURN_IF_ERROR(Take<uint64_t>(options.pids(), grants.max_pids, "--pids",
                                 "--max_container_pids", &settings.pids));
  RETURN_IF_ERROR(TakeFileSpace("--tmpfs-size", options.tmpfs_bytes(),
                                settings.memory_bytes, &settings.tmpfs_bytes));
  RETURN_IF_ERROR(TakeFileSpace("--writable", options.writable_bytes(),
                                settings.memory_bytes,
                                &settings.writable_bytes));
  settings.host_network =
      options.network() == v1::ContainerOptions::NETWORK_HOST;
  if (settings.host_network && !grants.host_network) {
    return NotGranted("--network host", "--allow_host_network",
                      "is not granted on this host");
  }
  RETURN_IF_ERROR(TakeCapabilities(options, grants, settings));
  settings.env.assign(options.env().begin(), options.env().end());
  settings.secrets.assign(options.secrets().begin(), options.secrets().end());
  return settings;
}

absl::StatusOr<std::vector<std::string>> ParseCapabilities(
    absl::string_view list) {
  std::vector<std::string> capabilities;
  for (absl::string_view name : absl::StrSplit(list, ',', absl::SkipEmpty())) {
    ASSIGN_OR_RETURN(std::string capability, function::CapabilityName(name));
    capabilities.push_back(std::move(capability));
  }
  return capabilities;
}

}  // namespace faas::runnerd
