// fork-bomb SECONDS starts as many processes as it can, each of which starts
// more.

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tests/security/escape/attacks/attacks.h"
#include "tests/security/escape/attacks/deadline.h"

namespace faas::escape {
namespace {

// The bound where nothing else bounds them: each has children for kDepth
// generations.
constexpr int kChildren = 32;
constexpr int kDepth = 2;

void Multiply(const Deadline& deadline, int depth) {
  for (int i = 0; i < kChildren && depth > 0; ++i) {
    const pid_t child = fork();
    if (child == 0) {
      Multiply(deadline, depth - 1);
      while (!deadline.HasPassed()) SleepMilliseconds(10);
      _exit(0);
    }
  }
}

}  // namespace

void ForkBomb(Attempt* attempt) {
  const Deadline deadline(attempt->Argument(0));
  Multiply(deadline, kDepth);
  attempt->Try("one more", [] { return 0; });
  // It goes on, as some processes end.
  while (!deadline.HasPassed()) {
    const pid_t child = fork();
    if (child == 0) _exit(0);
    while (waitpid(-1, nullptr, WNOHANG) > 0) {
    }
  }
}

}  // namespace faas::escape
