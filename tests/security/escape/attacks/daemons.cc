// daemons starts processes that want to outlive their container. All have the
// name "escaped".

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/security/escape/attacks/attacks.h"

namespace faas::escape {
namespace {

void IgnoreAllSignals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
}

[[noreturn]] void Stay() {
  prctl(PR_SET_NAME, "escaped");
  // The client's connection and the output stay open in it too.
  while (true) pause();
}

}  // namespace

void Daemons(Attempt* attempt) {
  attempt->Try("session of its own", [] {
    if (fork() == 0) {
      setsid();
      IgnoreAllSignals();
      if (fork() == 0) Stay();
      _exit(0);
    }
    return 0;
  });
  attempt->Try("process group of its own", [] {
    if (fork() == 0) {
      setpgid(0, 0);
      IgnoreAllSignals();
      Stay();
    }
    return 0;
  });
  attempt->Try("stopped", [] {
    if (fork() == 0) {
      prctl(PR_SET_NAME, "escaped");
      raise(SIGSTOP);
      Stay();
    }
    return 0;
  });
}

}  // namespace faas::escape
