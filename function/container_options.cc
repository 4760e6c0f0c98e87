#include "function/container_options.h"

#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "function/capability.h"

namespace faas::function {
namespace {

absl::Status Invalid(absl::string_view flag, absl::string_view option,
                     absl::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, " (options.container.", option, ") ", why));
}

// Zero stands for the host's.
absl::Status CheckRange(absl::string_view flag, absl::string_view option,
                        uint64_t value, uint64_t least, uint64_t most) {
  if (value == 0 || (value >= least && value <= most)) return absl::OkStatus();
  return Invalid(flag, option,
                 absl::StrCat("is ", value, "; from ", least, " to ", most,
                              ", or 0 for the host's"));
}

bool IsVariable(absl::string_view entry) {
  const size_t equals = entry.find('=');
  if (equals == 0 || equals == absl::string_view::npos) return false;
  for (const char c : entry.substr(0, equals)) {
    if (!absl::ascii_isalnum(c) && c != '_') return false;
  }
  return !absl::ascii_isdigit(entry[0]) &&
         entry.find('\0') == absl::string_view::npos;
}

absl::Status CheckEnv(const v1::ContainerOptions& options) {
  if (options.env_size() > kMaxVariables) {
    return Invalid(
        "--env", "env",
        absl::StrCat("is given more than ", kMaxVariables, " times"));
  }
  for (const std::string& entry : options.env()) {
    if (IsVariable(entry)) continue;
    // Not the value, which may be long, and nobody's business.
    return Invalid(
        "--env", "env",
        absl::StrCat("must be NAME=VALUE, with a name of letters, "
                     "digits and \"_\", not \"",
                     base::Printable(entry.substr(0, entry.find('='))), "\""));
  }
  return absl::OkStatus();
}

absl::Status CheckSecrets(const v1::ContainerOptions& options) {
  if (options.secrets_size() > kMaxSecrets) {
    return Invalid("--secret", "secrets",
                   absl::StrCat("is given more than ", kMaxSecrets, " times"));
  }
  std::set<std::string> names;
  for (const std::string& name : options.secrets()) {
    RETURN_IF_ERROR(CheckSecretName(name));
    if (names.insert(name).second) continue;
    return Invalid("--secret", "secrets",
                   absl::StrCat("has \"", name, "\" twice"));
  }
  return absl::OkStatus();
}

absl::Status CheckCapabilities(const v1::ContainerOptions& options) {
  for (const std::string& name : options.capabilities()) {
    const auto known = CapabilityName(name);
    if (known.ok() && *known == name) continue;
    return Invalid("--cap-add", "capabilities",
                   known.ok() ? absl::StrCat("must be written ", *known)
                              : std::string(known.status().message()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSecretName(absl::string_view name) {
  bool valid =
      !name.empty() && name.size() <= kMaxSecretNameBytes && name[0] != '.';
  for (const char c : name) {
    valid =
        valid && (absl::ascii_isalnum(c) || c == '.' || c == '_' || c == '-');
  }
  if (valid) return absl::OkStatus();
  return Invalid("--secret", "secrets",
                 absl::StrCat("must be NAME=FILE, with a name of letters, "
                              "digits, \".\", \"_\" and \"-\", at most ",
                              kMaxSecretNameBytes, ", not \"",
                              base::Printable(name), "\""));
}

absl::Status CheckContainerOptions(const v1::ContainerOptions& options) {
  RETURN_IF_ERROR(CheckRange("--memory", "memory_bytes", options.memory_bytes(),
                             kMinMemoryBytes, kMaxMemoryBytes));
  RETURN_IF_ERROR(CheckRange("--cpus", "cpu_millis", options.cpu_millis(),
                             kMinCpuMillis, kMaxCpuMillis));
  RETURN_IF_ERROR(
      CheckRange("--pids", "pids", options.pids(), kMinPids, kMaxPids));
  RETURN_IF_ERROR(CheckRange("--tmpfs-size", "tmpfs_bytes",
                             options.tmpfs_bytes(), kMinTmpfsBytes,
                             kMaxMemoryBytes));
  RETURN_IF_ERROR(CheckRange("--writable", "writable_bytes",
                             options.writable_bytes(), kMinTmpfsBytes,
                             kMaxMemoryBytes));
  RETURN_IF_ERROR(CheckEnv(options));
  RETURN_IF_ERROR(CheckSecrets(options));
  RETURN_IF_ERROR(CheckCapabilities(options));
  if (!v1::ContainerOptions::Network_IsValid(options.network())) {
    return Invalid("--network", "network", "must be none or host");
  }
  return absl::OkStatus();
}

}  // namespace faas::function
