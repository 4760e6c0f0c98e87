#ifndef FAAS_FAASD_FAAS_DAEMON_H_
#define FAAS_FAASD_FAAS_DAEMON_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "faasd/daemon_commands.h"
#include "faasd/flags.h"
#include "faasd/supervisor.h"

namespace faas::faasd {

// A FaasDaemon is a running faasd: it holds the run directory, keeps registryd,
// gatewayd and runnerd running in the foreground, and tells the terminal how
// that goes. All methods belong to one thread.
class FaasDaemon {
 public:
  // Takes the run directory and prints the banner. ALREADY_EXISTS if another
  // faasd has the directory; FAILED_PRECONDITION if others may change it.
  static absl::StatusOr<std::unique_ptr<FaasDaemon>> Create(
      const Flags& flags, const DaemonCommands& commands);

  // Starts the daemons, and stops them in order when `stop` is readable
  // (daemon::StopSignals). Returns when all have ended: OK after a stop, an
  // error if they did not all become healthy. Call it once.
  absl::Status Run(int stop);

 private:
  FaasDaemon(const Flags& flags, const DaemonCommands& commands,
             base::UniqueFd lock, std::unique_ptr<event::EventLoop> loop);
  void PrintReady() const;
  void OnStop();
  void RemoveLeftovers() const;

  const std::string state_dir_;
  const std::string control_listen_;
  const std::vector<std::string> remove_leftovers_;
  const base::UniqueFd lock_;
  const std::unique_ptr<event::EventLoop> loop_;
  Supervisor supervisor_;
  event::EventLoop::Token stop_watch_ = 0;
};

}  // namespace faas::faasd

#endif  // FAAS_FAASD_FAAS_DAEMON_H_
