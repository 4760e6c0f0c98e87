#include "common/process/child.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"

namespace faas::process {
namespace {

// The two attribute objects of posix_spawn, which are destroyed together.
class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
  }
  ~SpawnAttributes() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;

  void Set(const SpawnOptions& options) {
    short flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (options.own_group) flags |= POSIX_SPAWN_SETPGROUP;
    posix_spawnattr_setflags(&attributes_, flags);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    for (const auto& [there, here] : options.fds) {
      posix_spawn_file_actions_adddup2(&actions_, here, there);
    }
  }

  posix_spawn_file_actions_t* actions() { return &actions_; }
  posix_spawnattr_t* attributes() { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

// Runs between vfork and exec, in the parent's memory, so it makes only system
// calls. Returns only on an error, with errno.
int BecomeProgram(const SpawnOptions& options, char* const* argv) {
  for (int signal = 1; signal < NSIG; ++signal) {
    // This fails for signals that cannot be caught anyway.
    ::signal(signal, SIG_DFL);
  }
  if (options.own_group && setpgid(0, 0) != 0) return errno;
  if (options.mount_namespace >= 0 &&
      setns(options.mount_namespace, CLONE_NEWNS) != 0) {
    return errno;
  }
  // A kernel without keys has no keyrings to separate.
  if (options.own_keyring &&
      syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr) < 0 &&
      errno != ENOSYS) {
    return errno;
  }
  for (const auto& [there, here] : options.fds) {
    const bool done = there == here ? fcntl(here, F_SETFD, 0) == 0
                                    : dup2(here, there) == there;
    if (!done) return errno;
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  execvp(argv[0], argv);
  return errno;
}

// Does what posix_spawn does, which has no action for setns or keyctl. After
// vfork the child shares the memory of this process until the exec. Signals are
// blocked during that time, because a handler of this process must not run in
// the child. Returns 0 or the child's errno.
[[gnu::noinline]] int SpawnByVfork(const SpawnOptions& options,
                                   char* const* argv, pid_t* pid) {
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  volatile int error = 0;
  const pid_t child = vfork();
  if (child == 0) {
    error = BecomeProgram(options, argv);
    _exit(127);
  }
  if (child < 0) {
    error = errno;
  } else if (error != 0) {
    waitpid(child, nullptr, 0);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  *pid = child;
  return error;
}

int PosixSpawn(const SpawnOptions& options, char* const* argv, pid_t* pid) {
  SpawnAttributes spawn;
  spawn.Set(options);
  return posix_spawnp(pid, argv[0], spawn.actions(), spawn.attributes(), argv,
                      environ);
}

}  // namespace

absl::StatusOr<Child> Spawn(const SpawnOptions& options) {
  std::vector<char*> argv;
  for (const std::string& arg : options.args) {
    argv.push_back(const_cast<char*>(arg.c_str()));
  }
  argv.push_back(nullptr);
  Child child;
  const bool plain = options.mount_namespace < 0 && !options.own_keyring;
  const int error = plain ? PosixSpawn(options, argv.data(), &child.pid_)
                          : SpawnByVfork(options, argv.data(), &child.pid_);
  if (error != 0) {
    return base::ErrnoStatus(absl::StrCat("start \"", options.args[0], "\""),
                             error);
  }
  // The child cannot have been reaped yet, so the pid is still its own.
  child.pidfd_ =
      base::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, child.pid_, 0)));
  if (!child.pidfd_.valid()) {
    const absl::Status status = base::ErrnoStatus("pidfd_open");
    kill(child.pid_, SIGKILL);
    waitpid(child.pid_, nullptr, 0);
    return status;
  }
  return child;
}

absl::StatusOr<Child> OpenProcess(pid_t pid) {
  Child child;
  child.pid_ = pid;
  child.pidfd_ =
      base::UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!child.pidfd_.valid()) {
    return base::ErrnoStatus(absl::StrCat("pidfd_open ", pid));
  }
  return child;
}

absl::StatusOr<absl::optional<ExitStatus>> Child::Reap() {
  siginfo_t info = {};
  rusage usage = {};
  // The function of glibc has no argument for the usage.
  if (syscall(SYS_waitid, P_PIDFD, pidfd_.get(), &info, WEXITED | WNOHANG,
              &usage) != 0) {
    return base::ErrnoStatus(absl::StrCat("wait for process ", pid_));
  }
  if (info.si_pid == 0) return absl::optional<ExitStatus>();
  ExitStatus status;
  if (info.si_code == CLD_EXITED) {
    status.code = info.si_status;
  } else {
    status.signal = info.si_status;
    status.code = 128 + info.si_status;
  }
  status.max_rss_bytes = static_cast<uint64_t>(usage.ru_maxrss) << 10;
  return absl::optional<ExitStatus>(status);
}

bool Child::IsOurs() const {
  siginfo_t info;
  return waitid(P_PIDFD, pidfd_.get(), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool Child::Exists() const {
  return syscall(SYS_pidfd_send_signal, pidfd_.get(), 0, nullptr, 0) == 0 ||
         errno != ESRCH;
}

absl::Status Child::Signal(int signal) const {
  if (syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0) == 0 ||
      errno == ESRCH) {
    return absl::OkStatus();
  }
  return base::ErrnoStatus(absl::StrCat("signal process ", pid_));
}

void Child::KillGroup() const { kill(-pid_, SIGKILL); }

absl::Status BecomeSubreaper() {
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) {
    return base::ErrnoStatus("prctl(PR_SET_CHILD_SUBREAPER)");
  }
  return absl::OkStatus();
}

absl::Status EndWithParent(pid_t parent) {
  if (prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) != 0) {
    return base::ErrnoStatus("prctl(PR_SET_PDEATHSIG)");
  }
  // The parent may have ended before the line above.
  if (getppid() != parent) return absl::UnavailableError("the parent is gone");
  return absl::OkStatus();
}

absl::StatusOr<base::UniqueFd> EmptyInput() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe2");
  base::UniqueFd write_end(ends[1]);
  return base::UniqueFd(ends[0]);
}

}  // namespace faas::process
