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
  // Of the instance's own directory, unless named.
  std::string state_dir;
  std::string run_dir;
  std::string pool = "10.0.0.0/24";
  int port = 80;
  std::string control_listen = "127.0.0.1:8080";
  std::string runtime = "runc";
  // Where the programs are, as Bazel lays them out ("faasd/faasd"); by default
  // among the runfiles.
  std::string programs_dir;
  // Whether the daemons have the deadlines that they have by default. If not,
  // they have longer ones, which nothing that works exceeds on a slow machine.
  bool default_deadlines = false;
  // Added to the flags of the supervisor, or of the daemon of that name when
  // it is started alone: {"runnerd", "--start_timeout=1s"}. A test that waits
  // for a deadline of a daemon sets it here.
  std::vector<std::string> supervisor_flags;
  std::vector<std::string> runnerd_flags;
  std::vector<std::string> gatewayd_flags;
  std::vector<std::string> registryd_flags;
};

// One instance of faasd: its directories, its daemons and their common log.
// Everything is stopped and removed when this goes. The test's `data` has
// //tests/integration:programs. Not thread-safe, but Faas may be called by any
// thread.
class Platform {
 public:
  explicit Platform(PlatformOptions options = {});
  ~Platform();

  // Starts the supervisor and waits for "faasd started successfully". After an
  // error, log() says why.
  absl::Status Start();

  // Starts one of "registryd", "gatewayd", "runnerd", and does not wait.
  absl::Status StartDaemon(const std::string& name);
  // All three, each alone, and waits until they are healthy.
  absl::Status StartDaemons();
  // Waits until all three are, whoever started them.
  absl::Status AwaitHealthy() const;

  // The supervisor, or a daemon that was started alone; null if there is none.
  Daemon* supervisor() { return supervisor_.get(); }
  Daemon* daemon(const std::string& name);

  // The most memory that an extractor took which has ended since the log had
  // `offset` bytes, as the log tells; 0 if none has.
  int64_t LargestExtractor(size_t offset) const;

  // The pid of a daemon, whoever started it; 0 if it does not run.
  pid_t DaemonPid(const std::string& name) const;

  // Of the control listener; "" if there is none yet.
  std::string Token() const;

  // Runs the CLI on this instance, with its token.
  CommandResult Faas(const std::vector<std::string>& arguments,
                     absl::string_view input = "") const;

  // The same with what `stdin_fd`, borrowed, has as its standard input.
  CommandResult FaasFrom(int stdin_fd,
                         const std::vector<std::string>& arguments,
                         absl::Duration timeout) const;

  // `faas new NAME -` and its address. The error has the CLI's.
  absl::StatusOr<std::string> Deploy(const std::string& name,
                                     absl::string_view archive) const;

  // See Census: this instance's directories, and the three daemons.
  Census Count() const;
  // Waits until the census is `expected` again; "" or the difference.
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
  // Before the daemons: it ends when they have.
  std::unique_ptr<OutputLog> log_;
  std::unique_ptr<Daemon> supervisor_;
  std::unique_ptr<Daemon> registryd_;
  std::unique_ptr<Daemon> gatewayd_;
  std::unique_ptr<Daemon> runnerd_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_PLATFORM_H_
