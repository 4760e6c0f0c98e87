#ifndef FAAS_COMMON_PROCESS_CHILD_H_
#define FAAS_COMMON_PROCESS_CHILD_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/optional.h"
#include "common/base/unique_fd.h"

namespace faas::process {

struct SpawnOptions {
  // The program (looked up in PATH if it has no slash) and its arguments.
  std::vector<std::string> args;
  // Descriptors of the child: number there, descriptor here (borrowed). All
  // others are closed, for all of ours are close-on-exec.
  std::vector<std::pair<int, int>> fds;
  // Makes the child the leader of a process group of its own, so that it can
  // be killed with what it has started.
  bool own_group = false;
  // The mount namespace that it runs in (borrowed); -1 for ours. Its root and
  // its directory are that namespace's root then.
  int mount_namespace = -1;
  // Gives it a new, empty session keyring, which is ours and counts against our
  // quota of keys, whoever it becomes.
  bool own_keyring = false;
};

// How a process ended.
struct ExitStatus {
  // The exit code, or 128 plus the signal's number as a shell says it.
  int code = 0;
  // 0 if it exited by itself.
  int signal = 0;
  // The most memory that was resident at once, in it or in a process that it
  // has waited for.
  uint64_t max_rss_bytes = 0;
};

// A child process. Dropping the object neither kills nor reaps it.
class Child {
 public:
  Child() = default;

  pid_t pid() const { return pid_; }
  // Readable when the process has ended.
  int pidfd() const { return pidfd_.get(); }
  bool valid() const { return pidfd_.valid(); }

  // Whether it is a child of this process that has not been reaped.
  bool IsOurs() const;

  // Whether it is there, be it as a zombie and not of ours: nobody has reaped
  // it.
  bool Exists() const;

  // Takes the status of a process that has ended, and with it the zombie;
  // nothing if it still runs. UNKNOWN if it was not ours to reap.
  absl::StatusOr<absl::optional<ExitStatus>> Reap();

  // Sends a signal to exactly this process; OK if it is gone.
  absl::Status Signal(int signal) const;

  // Sends SIGKILL to its process group (SpawnOptions::own_group).
  void KillGroup() const;

 private:
  friend absl::StatusOr<Child> Spawn(const SpawnOptions& options);
  friend absl::StatusOr<Child> OpenProcess(pid_t pid);
  pid_t pid_ = -1;
  base::UniqueFd pidfd_;
};

// Starts a program by posix_spawn, or as that does: its cost does not grow with
// our memory, and it is safe with threads. Signal mask and dispositions are the
// defaults. The caller must be the only one to reap children.
absl::StatusOr<Child> Spawn(const SpawnOptions& options);

// A process that somebody else started. Check after this that it is still the
// one that was meant: a pid may have been used again.
absl::StatusOr<Child> OpenProcess(pid_t pid);

// Makes orphaned descendants children of this process.
absl::Status BecomeSubreaper();

// Sends this process SIGTERM when its parent's thread ends. UNAVAILABLE if the
// parent has ended already.
absl::Status EndWithParent(pid_t parent);

// For a child's standard input: the read end of a pipe that nobody writes to.
// It is nobody's but the child's; /dev/null is the host's, and a runtime may
// give it to a container's user, who may then change its mode.
absl::StatusOr<base::UniqueFd> EmptyInput();

}  // namespace faas::process

#endif  // FAAS_COMMON_PROCESS_CHILD_H_
