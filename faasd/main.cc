// faasd starts registryd, gatewayd and runnerd and keeps them running in the
// foreground.

#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/daemon/daemon.h"
#include "faasd/daemon_commands.h"
#include "faasd/faas_daemon.h"
#include "faasd/flags.h"

namespace faas::faasd {
namespace {

absl::Status Run() {
  ASSIGN_OR_RETURN(const Flags flags, ReadFlags());
  RETURN_IF_ERROR(daemon::Begin(/*parent=*/0));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(const DaemonCommands commands,
                   DaemonCommands::Create(flags));
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  ASSIGN_OR_RETURN(const auto daemon, FaasDaemon::Create(flags, commands));
  return daemon->Run(stop.get());
}

}  // namespace
}  // namespace faas::faasd

int main(int argc, char** argv) {
  faas::daemon::ParseFlags(
      argc, argv,
      "Runs functions from container images: starts registryd, gatewayd and "
      "runnerd in the foreground.");
  const absl::Status status = faas::faasd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("faasd", status);
}
