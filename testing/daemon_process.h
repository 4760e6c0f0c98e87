#ifndef FAAS_TESTING_DAEMON_PROCESS_H_
#define FAAS_TESTING_DAEMON_PROCESS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "testing/child_process.h"
#include "testing/output_log.h"

namespace faas::testing {

// A long-running program of a test whose stdout and stderr go into a log.
// Killed when this goes.
class Daemon {
 public:
  // NOT_FOUND if `argv[0]` cannot be executed. `log` outlives the daemon and
  // may be shared by several.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(
      const std::vector<std::string>& argv, OutputLog* log,
      const std::vector<std::string>& env = {});

  pid_t pid() const { return child_.pid(); }
  bool running() { return !child_.Wait(absl::InfinitePast()); }

  // Sends SIGTERM and gives the exit code; 137 (SIGKILL) if that was needed at
  // the deadline.
  int Stop(absl::Duration timeout = kSoon);

  // kill -9, and waits for the end.
  void Kill();

  // Sends a signal and does not wait.
  void Signal(int signal) { child_.Kill(signal); }

  // The exit code, or -1 if it still runs at the deadline.
  int Wait(absl::Duration timeout = kSoon);

 private:
  explicit Daemon(Child child) : child_(std::move(child)) {}

  Child child_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_DAEMON_PROCESS_H_
