// late_runtime ARGUMENTS runs runc in the way that crun works, only slower. The
// program that runnerd starts reports that the container runs and exits. The
// container's process is still the child of a second process, which is in a
// group of its own and exits some time after the container. Only then the
// container's process becomes a child of runnerd.

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

constexpr int kLateMs = 100;

// Runs runc and returns its exit code.
int RunRunc(char** argv) {
  const pid_t runc = fork();
  if (runc == 0) {
    execvp("runc", argv);
    _exit(127);
  }
  int status = 0;
  if (waitpid(runc, &status, 0) != runc || !WIFEXITED(status)) return 1;
  return WEXITSTATUS(status);
}

// Waits for the container to end, and does not reap it.
void AwaitContainer() {
  siginfo_t info;
  waitid(P_ALL, 0, &info, WEXITED | WNOWAIT);
  poll(nullptr, 0, kLateMs);
}

}  // namespace

int main(int argc, char** argv) {
  argv[0] = const_cast<char*>("runc");
  if (argc > 1 && std::strcmp(argv[1], "--version") == 0) {
    execvp("runc", argv);
    return 127;
  }
  int result[2];
  if (pipe(result) != 0) return 1;
  if (fork() == 0) {
    setsid();
    if (fork() > 0) _exit(0);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    const char code = static_cast<char>(RunRunc(argv));
    if (write(result[1], &code, 1) != 1) _exit(1);
    if (code == 0) AwaitContainer();
    _exit(0);
  }
  close(result[1]);
  char code = 1;
  return read(result[0], &code, 1) == 1 ? code : 1;
}
