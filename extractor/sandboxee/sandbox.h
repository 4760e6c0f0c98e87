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
  // The directory that becomes "/", the only one of the host's that the sandbox
  // sees. The path is absolute and has no symlinks. SandboxId(id_base) becomes
  // its owner.
  std::string root;
  // The host's id for root in a user namespace of 65,537 ids; 0 for no user
  // namespace.
  uint32_t id_base = 0;
  // The descriptors that the sandbox gets, under the same numbers. They are
  // above those of the standard streams, which become /dev/null. This process
  // closes its own.
  std::vector<base::UniqueFd> descriptors;
  // RLIMIT_AS, RLIMIT_FSIZE and RLIMIT_NOFILE.
  uint64_t address_space_bytes = 0;
  uint64_t file_bytes = 0;
  uint64_t open_files = 0;
};

// How many user and group ids an image has. The sandbox runs with the next one,
// which nobody in a container has.
inline constexpr uint32_t kImageIds = 65536;
constexpr uint32_t SandboxId(uint32_t id_base) { return id_base + kImageIds; }

// Runs `body` in a process that can only read and write files below `root`,
// whatever code it executes:
//
//   ids           it has the id SandboxId and no groups, and the capabilities
//                 CHOWN, DAC_OVERRIDE, FOWNER, FSETID and SETFCAP. With an id
//                 base these count only for files of the image's own ids, since
//                 they belong to a user namespace
//   namespaces    it has its own user, mount and network namespace, the last
//   one
//                 without a device
//   files         it sees `root`, mounted nosuid, nodev and noexec, but no
//   /proc
//                 and no /dev
//   system calls  it may make those of seccomp_filter.h; any other kills it
//   limits        it has those of SandboxOptions, and leaves no core
//
// The process cannot be traced, gains nothing by exec (no_new_privs), and is
// killed when the calling thread's process ends.
//
// Calls `prepare` in that process before system calls are filtered; only there
// may threads be made. Then calls `body`, whose result is the exit code. If a
// step fails, calls `on_failure` in that process instead of both.
//
// Returns the process's status as waitpid(2) has it. Call it as root, in a
// process with one thread.
absl::StatusOr<int> RunInSandbox(
    SandboxOptions options, const std::function<void()>& prepare,
    const std::function<int()>& body,
    const std::function<void(const absl::Status&)>& on_failure);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_SANDBOXEE_SANDBOX_H_
