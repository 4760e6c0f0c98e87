#ifndef FAAS_FUNCTION_CONTAINER_OPTIONS_H_
#define FAAS_FUNCTION_CONTAINER_OPTIONS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "faas/v1/function.pb.h"

namespace faas::function {

// Whether the options can mean something at all; what the host grants is
// runnerd's to say. INVALID_ARGUMENT, with the option and its form.
absl::Status CheckContainerOptions(const v1::ContainerOptions& options);

// A secret becomes a file's name: letters, digits, ".", "_" and "-", at most
// 64, no "." at the beginning. INVALID_ARGUMENT otherwise.
absl::Status CheckSecretName(absl::string_view name);

// A container that has less does not come to its first instruction: the runtime
// starts in its cgroup.
inline constexpr uint64_t kMinMemoryBytes = 16 << 20;
inline constexpr uint64_t kMinTmpfsBytes = 64 << 10;
// These keep typing errors out; the host's limits are runnerd's flags.
inline constexpr uint64_t kMaxMemoryBytes = uint64_t{16} << 40;
inline constexpr uint32_t kMinCpuMillis = 10;
inline constexpr uint32_t kMaxCpuMillis = 1024 * 1000;
inline constexpr uint32_t kMinPids = 2;
inline constexpr uint32_t kMaxPids = 1 << 20;
inline constexpr int kMaxVariables = 256;
inline constexpr int kMaxSecrets = 32;
inline constexpr size_t kMaxSecretNameBytes = 64;
// Of one, and of all of a function's.
inline constexpr size_t kMaxSecretBytes = 256 << 10;
inline constexpr size_t kMaxSecretsBytes = 1 << 20;

}  // namespace faas::function

#endif  // FAAS_FUNCTION_CONTAINER_OPTIONS_H_
