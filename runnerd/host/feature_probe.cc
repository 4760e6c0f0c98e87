#include "runnerd/host/feature_probe.h"

#include <glob.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

constexpr char kAppArmorEnabled[] = "/sys/module/apparmor/parameters/enabled";
constexpr char kAppArmorProfiles[] = "/sys/kernel/security/apparmor/profiles";
constexpr size_t kMaxProfilesBytes = 1 << 20;
// Directories that say how often each processor was too hot, which is
// information about the host.
// https://github.com/moby/moby/security/advisories/GHSA-6fw5-f8r9-fgfm
constexpr char kThermalThrottle[] =
    "/sys/devices/system/cpu/cpu[0-9]*/thermal_throttle";

bool Exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

// Returns whether the host has swap, which a container could fill.
bool HostSwaps() {
  const auto swaps = fs::ReadFile("/proc/swaps", 64 << 10);
  if (!swaps.ok()) return true;
  const std::vector<std::string> lines =
      absl::StrSplit(*swaps, '\n', absl::SkipEmpty());
  return lines.size() > 1;  // The first line is the heading.
}

// Sets in `host` what `cgroups` can limit, and returns the names of what they
// cannot limit.
std::vector<std::string> FindControllers(const Cgroups& cgroups,
                                         HostFeatures& host) {
  const std::string memory = cgroups.HierarchyOf("memory");
  const std::string cpu = cgroups.HierarchyOf("cpu");
  host.unified = cgroups.IsUnified("memory");
  host.memory = !memory.empty();
  host.pids = !cgroups.HierarchyOf("pids").empty();
  // v1 has a file for swap if the kernel counts it. The root group of v2 has no
  // such files, and v2 always counts swap.
  host.swap = host.memory &&
              (host.unified || Exists(memory + "/memory.memsw.limit_in_bytes"));
  host.cpu = !cpu.empty() &&
             (cgroups.IsUnified("cpu") || Exists(cpu + "/cpu.cfs_quota_us"));
  std::vector<std::string> missing;
  if (!host.memory) missing.push_back("memory");
  if (!host.swap && HostSwaps()) missing.push_back("swap");
  if (!host.cpu) missing.push_back("cpu");
  if (!host.pids) missing.push_back("pids");
  return missing;
}

std::vector<std::string> ThermalPaths() {
  std::vector<std::string> paths;
  glob_t found = {};
  if (glob(kThermalThrottle, 0, nullptr, &found) == 0) {
    paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  globfree(&found);
  return paths;
}

// Returns `profile` if AppArmor is enabled and has loaded it, otherwise "".
std::string LoadedProfile(const std::string& profile) {
  const auto enabled = fs::ReadFile(kAppArmorEnabled, 16);
  if (profile.empty() || !enabled.ok() || !absl::StartsWith(*enabled, "Y")) {
    return "";
  }
  const auto loaded = fs::ReadFile(kAppArmorProfiles, kMaxProfilesBytes);
  for (absl::string_view line : absl::StrSplit(loaded.value_or(""), '\n')) {
    if (absl::StartsWith(line, profile + " (")) return profile;
  }
  log::Line("init",
            absl::StrCat("AppArmor is there and has no profile \"", profile,
                         "\": containers run without; load it with "
                         "\"apparmor_parser --replace\""));
  return "";
}

}  // namespace

absl::StatusOr<HostFeatures> FindHostFeatures(
    const Cgroups& cgroups, bool allow_missing_limits,
    const std::string& apparmor_profile) {
  HostFeatures host;
  const std::vector<std::string> missing = FindControllers(cgroups, host);
  if (!missing.empty()) {
    const std::string what =
        absl::StrCat("no cgroup controller can limit ",
                     absl::StrJoin(missing, ", "), " here");
    if (!allow_missing_limits) {
      return absl::FailedPreconditionError(absl::StrCat(
          what,
          ": mount them, or let the kernel have them (\"cgroup_enable=memory "
          "swapaccount=1\" on its command line); with --allow_missing_limits "
          "containers run without these limits"));
    }
    log::Line("init", absl::StrCat("WARNING: ", what,
                                   ": a function can exhaust the host"));
  }
  host.masked_paths = ThermalPaths();
  host.apparmor_profile = LoadedProfile(apparmor_profile);
  return host;
}

}  // namespace faas::runnerd
