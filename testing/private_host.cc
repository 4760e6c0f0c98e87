#include "testing/private_host.h"

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/cgroup_sandbox.h"
#include "testing/network_namespace.h"

namespace faas::testing {
namespace {

using Body = std::function<int(const std::string& reason)>;

std::string* const directory = new std::string;

// The child that is killed when this process is asked to end.
volatile sig_atomic_t init_pid = 0;

void KillInit(int) {
  if (init_pid > 0) kill(init_pid, SIGKILL);
}

absl::Status MakeDirectory() {
  char path[] = "/tmp/faas-test.XXXXXX";
  // Containers reach their files through it with a user id of their own.
  if (mkdtemp(path) == nullptr || chmod(path, 0711) != 0) {
    return base::ErrnoStatus("mkdtemp");
  }
  *directory = path;
  return absl::OkStatus();
}

absl::Status Mount(const char* source, const std::string& target,
                   const char* type, unsigned long flags, const char* data) {
  if (mount(source, target.c_str(), type, flags, data) != 0) {
    return base::ErrnoStatus(absl::StrCat("mount on \"", target, "\""));
  }
  return absl::OkStatus();
}

absl::Status SetUpMounts(const CgroupSandbox& cgroups) {
  if (unshare(CLONE_NEWNS) != 0) return base::ErrnoStatus("unshare mounts");
  RETURN_IF_ERROR(Mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr));
  RETURN_IF_ERROR(
      Mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, ""));
  RETURN_IF_ERROR(
      Mount("run", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=755,size=64m"));
  const std::string var_lib = absl::StrCat(*directory, "/var-lib");
  if (mkdir(var_lib.c_str(), 0755) != 0) {
    return base::ErrnoStatus("mkdir \"var-lib\"");
  }
  RETURN_IF_ERROR(
      Mount(var_lib.c_str(), "/var/lib", nullptr, MS_BIND, nullptr));
  return cgroups.Enter();
}

absl::Status SetUp(const CgroupSandbox& cgroups) {
  RETURN_IF_ERROR(SetUpMounts(cgroups));
  return EnterNetworkNamespace();
}

// Runs `body` where there is no private host.
int RunWithout(const Body& body, const std::string& reason) {
  const std::string unused = std::exchange(*directory, "");
  const int exit_code = body(reason);
  *directory = unused;
  return exit_code;
}

int ExitCode(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) return 1;
  }
  return ExitCode(status);
}

// Runs in the first process of the namespace. Reaps orphans until `body`
// returns. When this process ends, the kernel kills all others.
int RunInit(const CgroupSandbox& cgroups, const Body& body) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const absl::Status status = SetUp(cgroups);
  const pid_t main = fork();
  if (main == 0) {
    std::exit(status.ok() ? body("")
                          : RunWithout(body, std::string(status.message())));
  }
  while (true) {
    int wait_status = 0;
    const pid_t ended = waitpid(-1, &wait_status, 0);
    if (ended == main) return ExitCode(wait_status);
    if (ended < 0 && errno != EINTR) return 1;
  }
}

int RunWithCgroups(const CgroupSandbox& cgroups, const Body& body) {
  if (unshare(CLONE_NEWPID) != 0) {
    return RunWithout(body,
                      absl::StrCat("unshare processes: ", strerror(errno)));
  }
  std::fflush(nullptr);
  const pid_t init = fork();
  if (init < 0) {
    return RunWithout(body, absl::StrCat("fork: ", strerror(errno)));
  }
  if (init == 0) std::_Exit(RunInit(cgroups, body));
  init_pid = init;
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP}) {
    signal(signal_number, KillInit);
  }
  return WaitFor(init);
}

}  // namespace

int RunOnPrivateHost(const Body& body) {
  if (geteuid() != 0) return body("this test needs root");
  if (const absl::Status status = MakeDirectory(); !status.ok()) {
    return body(std::string(status.message()));
  }
  int exit_code;
  const absl::StatusOr<CgroupSandbox> cgroups = CgroupSandbox::Create();
  if (cgroups.ok()) {
    exit_code = RunWithCgroups(*cgroups, body);
    cgroups->Remove();
  } else {
    exit_code = RunWithout(body, std::string(cgroups.status().message()));
  }
  fs::RemoveTree(*directory).IgnoreError();
  return exit_code;
}

std::string PrivateHostDirectory() { return *directory; }

}  // namespace faas::testing
