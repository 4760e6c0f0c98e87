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

// A Daemon is a long-running program of a test. Its stdout and stderr go into a
// log. The destructor kills it.
class Daemon {
 public:
  // Starts a program. Fails with NOT_FOUND if `argv[0]` cannot be executed.
  // `log` must outlive the daemon, and several daemons may share it.
  static absl::StatusOr<std::unique_ptr<Daemon>> Start(
      const std::vector<std::string>& argv, OutputLog* log,
      const std::vector<std::string>& env = {});

  pid_t pid() const { return child_.pid(); }
  bool running() { return !child_.Wait(absl::InfinitePast()); }

  // Sends SIGTERM and returns the exit code. Kills the daemon at the deadline;
  // the exit code is then 137.
  int Stop(absl::Duration timeout = kSoon);

  // Kills the daemon and waits for its end.
  void Kill();

  // Sends a signal and does not wait.
  void Signal(int signal) { child_.Kill(signal); }

  // Returns the exit code, or -1 if the daemon still runs at the deadline.
  int Wait(absl::Duration timeout = kSoon);

 private:
  explicit Daemon(Child child) : child_(std::move(child)) {}

  Child child_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_DAEMON_PROCESS_H_
