#include "testing/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::testing {
namespace {

std::vector<char*> Pointers(std::vector<std::string>* strings) {
  std::vector<char*> pointers;
  for (std::string& string : *strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(const std::vector<std::string>& added) {
  std::map<std::string, std::string> by_name;
  auto set = [&by_name](const std::string& variable) {
    by_name[variable.substr(0, variable.find('='))] = variable;
  };
  for (char** variable = environ; *variable != nullptr; ++variable) {
    set(*variable);
  }
  for (const std::string& variable : added) set(variable);
  std::vector<std::string> env;
  for (const auto& [name, variable] : by_name) env.push_back(variable);
  return env;
}

// Runs in the new process, where only async-signal-safe calls are allowed.
[[noreturn]] void Exec(char** argv, char** env, const int (&fds)[3],
                       const char* working_dir, int error_pipe) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int error = 0;
  if (*working_dir != '\0' && chdir(working_dir) != 0) error = errno;
  for (int i = 0; i < 3 && error == 0; ++i) {
    if (dup2(fds[i], i) < 0) error = errno;
  }
  if (error == 0) {
    execvpe(argv[0], argv, env);
    error = errno;
  }
  (void)!write(error_pipe, &error, sizeof(error));
  _exit(127);
}

}  // namespace

absl::StatusOr<Child> Child::Start(const std::vector<std::string>& argv,
                                   const ChildOptions& options) {
  ASSIGN_OR_RETURN(base::UniqueFd null, fs::Open("/dev/null", O_RDWR));
  std::vector<std::string> arguments = argv;
  std::vector<std::string> env = Environment(options.env);
  std::vector<char*> argument_pointers = Pointers(&arguments);
  std::vector<char*> env_pointers = Pointers(&env);
  const auto or_null = [&](int fd) { return fd < 0 ? null.get() : fd; };
  const int fds[3] = {or_null(options.stdin_fd), or_null(options.stdout_fd),
                      or_null(options.stderr_fd)};
  int error_pipe[2];
  if (pipe2(error_pipe, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe2");
  base::UniqueFd error_read(error_pipe[0]);
  base::UniqueFd error_write(error_pipe[1]);

  const pid_t pid = fork();
  if (pid < 0) return base::ErrnoStatus("fork");
  if (pid == 0) {
    Exec(argument_pointers.data(), env_pointers.data(), fds,
         options.working_dir.c_str(), error_write.get());
  }
  Child child(pid, base::UniqueFd(syscall(SYS_pidfd_open, pid, 0)));
  error_write.reset();
  int error = 0;
  if (read(error_read.get(), &error, sizeof(error)) == sizeof(error)) {
    return base::ErrnoStatus(absl::StrCat("run \"", argv[0], "\""), error);
  }
  return child;
}

Child& Child::operator=(Child&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(pidfd_, other.pidfd_);
  std::swap(exit_code_, other.exit_code_);
  return *this;
}

Child::~Child() {
  if (!pidfd_.valid() || exit_code_.has_value()) return;
  Kill(SIGKILL);
  Wait(absl::InfiniteFuture());
}

void Child::Kill(int signal) {
  if (exit_code_.has_value()) return;
  syscall(SYS_pidfd_send_signal, pidfd_.get(), signal, nullptr, 0);
}

bool Child::Wait(absl::Time deadline) {
  while (!exit_code_.has_value()) {
    const absl::Duration left = deadline - absl::Now();
    pollfd poll_fd = {pidfd_.get(), POLLIN, 0};
    const absl::Duration slice =
        std::clamp(left, absl::ZeroDuration(), absl::Seconds(10));
    poll(&poll_fd, 1, static_cast<int>(absl::ToInt64Milliseconds(slice)));
    if (poll_fd.revents == 0) {
      if (left <= absl::ZeroDuration()) return false;
      continue;
    }
    int status = 0;
    if (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
    exit_code_ =
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  return true;
}

}  // namespace faas::testing
