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
  // The program and its arguments. A program without a slash is looked up in
  // PATH.
  std::vector<std::string> args;
  // The child's descriptors: the number in the child, and the descriptor of
  // this process, which is borrowed. The child gets no others, because all of
  // this process are close-on-exec.
  std::vector<std::pair<int, int>> fds;
  // Whether the child leads a process group of its own, so that it can be
  // killed together with what it has started.
  bool own_group = false;
  // The mount namespace in which the child runs (borrowed), or -1 for that of
  // this process. In another namespace, the child's root and working directory
  // are the root of that namespace.
  int mount_namespace = -1;
  // Whether the child gets a new, empty session keyring. The keyring belongs to
  // this process's user and counts for that user's quota of keys, whatever user
  // the child becomes.
  bool own_keyring = false;
};

// An ExitStatus says how a process ended.
struct ExitStatus {
  // The exit code, or 128 plus the signal's number, as in a shell.
  int code = 0;
  // The signal that ended the process; 0 if it exited by itself.
  int signal = 0;
  // The most memory that was resident at once, in the process or in one that it
  // has waited for.
  uint64_t max_rss_bytes = 0;
};

// A Child is a process, named by a pidfd. Destroying the object neither kills
// nor reaps the process.
class Child {
 public:
  Child() = default;

  pid_t pid() const { return pid_; }
  // Returns the pidfd, which is readable when the process has ended.
  int pidfd() const { return pidfd_.get(); }
  bool valid() const { return pidfd_.valid(); }

  // Returns whether it is a child of this process that has not been reaped.
  bool IsOurs() const;

  // Returns whether nobody has reaped it yet. It may be a zombie, and another
  // process's child.
  bool Exists() const;

  // Reaps a process that has ended and returns its status, or nothing if it
  // still runs. Returns UNKNOWN if it is not a child of this process.
  absl::StatusOr<absl::optional<ExitStatus>> Reap();

  // Sends a signal to exactly this process. Returns OK if it has ended.
  absl::Status Signal(int signal) const;

  // Sends SIGKILL to its process group (SpawnOptions::own_group).
  void KillGroup() const;

 private:
  friend absl::StatusOr<Child> Spawn(const SpawnOptions& options);
  friend absl::StatusOr<Child> OpenProcess(pid_t pid);
  pid_t pid_ = -1;
  base::UniqueFd pidfd_;
};

// Starts a program by posix_spawn, or by vfork in the same way: the cost does
// not grow with the memory of this process, and threads are no danger. The
// child has the default signal mask and dispositions. The caller must be the
// only one to reap children.
absl::StatusOr<Child> Spawn(const SpawnOptions& options);

// Returns the process with the number `pid`, which somebody else has started.
// Check afterwards that it is still the process that was meant, because a pid
// may be used again.
absl::StatusOr<Child> OpenProcess(pid_t pid);

// Makes this process the parent of its orphaned descendants.
absl::Status BecomeSubreaper();

// Makes the kernel send SIGTERM to this process when the thread of `parent`
// that started it ends. Returns UNAVAILABLE if the parent has ended already.
absl::Status EndWithParent(pid_t parent);

// Returns an empty standard input for a child: the read end of a pipe that
// nobody writes to. Only the child has it. /dev/null would be the host's, and a
// runtime may give it to a container's user, who could then change its mode.
absl::StatusOr<base::UniqueFd> EmptyInput();

}  // namespace faas::process

#endif  // FAAS_COMMON_PROCESS_CHILD_H_
