#ifndef FAAS_TESTING_PLATFORM_H_
#define FAAS_TESTING_PLATFORM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "testing/census.h"
#include "testing/command.h"
#include "testing/daemon_process.h"
#include "testing/output_log.h"

namespace faas::testing {

struct PlatformOptions {
  // These are in the instance's own directory, unless they are set.
  std::string state_dir;
  std::string run_dir;
  std::string pool = "10.0.0.0/24";
  int port = 80;
  std::string control_listen = "127.0.0.1:8080";
  std::string runtime = "runc";
  // The directory of the programs, as Bazel lays them out ("faasd/faasd"). By
  // default it is that of the runfiles.
  std::string programs_dir;
  // Whether the daemons have the deadlines that they have by default. If not,
  // they have longer ones, which nothing that works exceeds on a slow machine.
  bool default_deadlines = false;
  // Flags that are added to those of the supervisor, or of the daemon of that
  // name when it is started alone, e.g. "--start_timeout=1s" for runnerd. A
  // test that waits for a deadline of a daemon sets the deadline here.
  std::vector<std::string> supervisor_flags;
  std::vector<std::string> runnerd_flags;
  std::vector<std::string> gatewayd_flags;
  std::vector<std::string> registryd_flags;
};

// A Platform is one instance of faasd: its directories, its daemons and their
// common log. The destructor stops and removes everything. The `data` of the
// test must have //tests/integration:programs. Not thread-safe, but any thread
// may call Faas.
class Platform {
 public:
  explicit Platform(PlatformOptions options = {});
  ~Platform();

  // Starts the supervisor and waits for "faasd started successfully". After an
  // error, log() says why.
  absl::Status Start();

  // Starts one of "registryd", "gatewayd" and "runnerd", and does not wait.
  absl::Status StartDaemon(const std::string& name);
  // Starts all three, each alone, and waits until they are healthy.
  absl::Status StartDaemons();
  // Waits until all three are healthy, whoever started them.
  absl::Status AwaitHealthy() const;

  // Return the supervisor, or a daemon that was started alone; null if there is
  // none.
  Daemon* supervisor() { return supervisor_.get(); }
  Daemon* daemon(const std::string& name);

  // Returns the most memory that an extractor took which has ended since the
  // log had `offset` bytes, according to the log; 0 if none has ended.
  int64_t LargestExtractor(size_t offset) const;

  // Returns the pid of a daemon, whoever started it; 0 if it does not run.
  pid_t DaemonPid(const std::string& name) const;

  // Returns the token of the control listener; "" if there is none yet.
  std::string Token() const;

  // Runs the CLI on this instance, with its token.
  CommandResult Faas(const std::vector<std::string>& arguments,
                     absl::string_view input = "") const;

  // Does the same with `stdin_fd`, which stays the caller's, as its standard
  // input.
  CommandResult FaasFrom(int stdin_fd,
                         const std::vector<std::string>& arguments,
                         absl::Duration timeout) const;

  // Runs `faas new NAME -` and returns the address. An error has the message of
  // the CLI.
  absl::StatusOr<std::string> Deploy(const std::string& name,
                                     absl::string_view archive) const;

  // Takes a census of this instance's directories and the three daemons.
  Census Count() const;
  // Takes censuses until nothing has changed in five of them in a row, and
  // returns the last. A command that has just ended may leave a connection that
  // its daemon has not closed yet, which must not count as what is there
  // before.
  Census CountSettled() const;
  // Waits until the census is `expected` again. Returns "" or the difference.
  std::string WaitForCensus(const Census& expected,
                            absl::Duration timeout = kSoon) const;

  const OutputLog& log() const { return *log_; }
  const std::string& state_dir() const { return options_.state_dir; }
  const std::string& run_dir() const { return options_.run_dir; }
  int port() const { return options_.port; }

 private:
  std::string Program(const std::string& path) const;
  CommandResult RunFaas(const std::vector<std::string>& arguments,
                        absl::string_view input, CommandOptions options) const;
  std::vector<std::string> SupervisorCommand() const;
  std::vector<std::string> DaemonCommand(const std::string& name) const;
  std::unique_ptr<Daemon>& DaemonSlot(const std::string& name);

  PlatformOptions options_;
  std::string directory_;
  // This is before the daemons, because it ends when they have ended.
  std::unique_ptr<OutputLog> log_;
  std::unique_ptr<Daemon> supervisor_;
  std::unique_ptr<Daemon> registryd_;
  std::unique_ptr<Daemon> gatewayd_;
  std::unique_ptr<Daemon> runnerd_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_PLATFORM_H_
