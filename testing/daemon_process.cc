#include "testing/daemon_process.h"

#include <signal.h>

#include <utility>

#include "absl/memory/memory.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"

namespace faas::testing {

absl::StatusOr<std::unique_ptr<Daemon>> Daemon::Start(
    const std::vector<std::string>& argv, OutputLog* log,
    const std::vector<std::string>& env) {
  ChildOptions options;
  options.stdout_fd = log->write_fd();
  options.stderr_fd = log->write_fd();
  options.env = env;
  ASSIGN_OR_RETURN(Child child, Child::Start(argv, options));
  return absl::WrapUnique(new Daemon(std::move(child)));
}

int Daemon::Stop(absl::Duration timeout) {
  Signal(SIGTERM);
  const int exit_code = Wait(timeout);
  if (exit_code >= 0) return exit_code;
  Kill();
  return *child_.exit_code();
}

void Daemon::Kill() {
  Signal(SIGKILL);
  child_.Wait(absl::InfiniteFuture());
}

int Daemon::Wait(absl::Duration timeout) {
  return child_.Wait(absl::Now() + timeout) ? *child_.exit_code() : -1;
}

}  // namespace faas::testing
