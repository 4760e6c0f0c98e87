// processes gets into other processes, here into children of its own.

#include <signal.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

char shared_place[8] = "before";

// Does `step` to a child that waits.
long ToChild(long (*step)(pid_t child)) {
  const pid_t child = fork();
  if (child == 0) {
    while (true) pause();
  }
  const long result = step(child);
  const int error = errno;
  kill(child, SIGKILL);
  errno = error;
  return result;
}

long Transfer(long number, pid_t child) {
  char bytes[8] = "after";
  const iovec local = {bytes, sizeof(bytes)};
  const iovec remote = {shared_place, sizeof(shared_place)};
  return syscall(number, child, &local, 1, &remote, 1, 0);
}

}  // namespace

void Processes(Attempt* attempt) {
  attempt->Try("ptrace traceme",
               [] { return ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); });
  const struct {
    const char* name;
    long (*step)(pid_t child);
  } kSteps[] = {
      {"ptrace attach",
       [](pid_t child) {
         return ptrace(PTRACE_ATTACH, child, nullptr, nullptr);
       }},
      {"ptrace seize",
       [](pid_t child) {
         return ptrace(PTRACE_SEIZE, child, nullptr, nullptr);
       }},
      {"process_vm_readv",
       [](pid_t child) { return Transfer(SYS_process_vm_readv, child); }},
      {"process_vm_writev",
       [](pid_t child) { return Transfer(SYS_process_vm_writev, child); }},
      {"pidfd_getfd",
       [](pid_t child) {
         const long pidfd = syscall(SYS_pidfd_open, child, 0);
         // If it cannot be opened, the descriptor is an invalid one.
         return syscall(SYS_pidfd_getfd, pidfd, 1, 0);
       }},
      // KCMP_FILE
      {"kcmp",
       [](pid_t child) { return syscall(SYS_kcmp, getpid(), child, 0, 0, 0); }},
      {"process_madvise",
       [](pid_t child) {
         const long pidfd = syscall(SYS_pidfd_open, child, 0);
         return syscall(SYS_process_madvise, pidfd, nullptr, 0, 20, 0);
       }},
  };
  for (const auto& [name, step] : kSteps) {
    attempt->Try(name, [step = step] { return ToChild(step); });
  }
  attempt->Try("personality ADDR_NO_RANDOMIZE",
               [] { return personality(ADDR_NO_RANDOMIZE); });
  attempt->Try("personality READ_IMPLIES_EXEC",
               [] { return personality(READ_IMPLIES_EXEC); });
}

}  // namespace faas::escape
