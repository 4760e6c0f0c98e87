// The main function of runnerd, the daemon that runs the containers: it mounts
// root file systems, starts a container for each connection, and gives it the
// connection. RunnerDaemon is the daemon; this file only starts it.

#include <utility>

#include "absl/flags/flag.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "runnerd/flags.h"
#include "runnerd/runner_daemon.h"

namespace {

absl::Status Run() {
  RETURN_IF_ERROR(faas::daemon::Begin(absl::GetFlag(FLAGS_parent_pid)));
  RETURN_IF_ERROR(faas::daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(faas::runnerd::Flags flags, faas::runnerd::ReadFlags());
  ASSIGN_OR_RETURN(const auto runnerd,
                   faas::runnerd::RunnerDaemon::Start(std::move(flags)));
  runnerd->Run();
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  faas::daemon::ParseFlags(argc, argv, "Runs the containers of faasd.");
  const absl::Status status = Run();
  return status.ok() ? 0 : faas::daemon::Fail("runnerd", status);
}
