#ifndef FAAS_EXTRACTOR_SANDBOXEE_SANDBOX_H_
#define FAAS_EXTRACTOR_SANDBOXEE_SANDBOX_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::extractor {

struct SandboxOptions {
  // What becomes "/", and all that is left of the host's files: an absolute
  // path without symlinks. Its owner becomes SandboxId(id_base).
  std::string root;
  // The host's id for 0 in a user namespace of 65,537 ids; 0 for no user
  // namespace.
  uint32_t id_base = 0;
  // Descriptors that the sandbox has, under their numbers, above those of the
  // standard streams, which become /dev/null. Closed here when it has them.
  std::vector<base::UniqueFd> descriptors;
  // RLIMIT_AS, RLIMIT_FSIZE and RLIMIT_NOFILE.
  uint64_t address_space_bytes = 0;
  uint64_t file_bytes = 0;
  uint64_t open_files = 0;
};

// User and group ids of an image; the one after them is the sandbox's own, so
// that it is nobody's in a container.
inline constexpr uint32_t kImageIds = 65536;
constexpr uint32_t SandboxId(uint32_t id_base) { return id_base + kImageIds; }

// Runs `body` in a process of its own that can do nothing but read and write
// files below `root`, whatever it executes:
//
//   ids           SandboxId, no groups; capabilities over files that an image
//                 may own (CHOWN, DAC_OVERRIDE, FOWNER, FSETID, SETFCAP), with
//                 an id base only over those, for they are of a user namespace
//   namespaces    user, mount, network (without a device)
//   files         `root`, nosuid, nodev and noexec; no /proc, no /dev
//   system calls  those of seccomp_filter.h; any other kills it
//   limits        as SandboxOptions has them, and no core
//
// It cannot be traced, gains nothing by exec (no_new_privs), and is killed when
// the calling thread's process ends.
//
// `prepare` is called in that process before system calls are filtered, and
// only there may it make threads; `body` is called then and its result is the
// exit code. A step that fails is told by `on_failure`, in that process, and
// nothing is run.
//
// Returns the process's status as waitpid(2) has it. Call it as root, in a
// process with one thread.
absl::StatusOr<int> RunInSandbox(
    SandboxOptions options, const std::function<void()>& prepare,
    const std::function<int()>& body,
    const std::function<void(const absl::Status&)>& on_failure);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_SANDBOXEE_SANDBOX_H_
