// gatewayd owns the functions' addresses and listening sockets, and each
// accepted connection until runnerd has taken it.

#include <utility>

#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/daemon/daemon.h"
#include "gatewayd/flags.h"
#include "gatewayd/gateway_daemon.h"
#include "gatewayd/privileged_setup.h"

namespace faas::gatewayd {
namespace {

absl::Status Run() {
  ASSIGN_OR_RETURN(const Flags flags, ReadFlags());
  RETURN_IF_ERROR(daemon::Begin(flags.parent_pid));
  if (flags.remove_leftovers) return RemoveLeftovers(flags.run_dir);
  ASSIGN_OR_RETURN(PrivilegedSetup setup, SetUpWithPrivileges(flags));
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  daemon::RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(const auto daemon,
                   GatewayDaemon::Start(flags, std::move(setup)));
  return daemon->Run(stop.get());
}

}  // namespace
}  // namespace faas::gatewayd

int main(int argc, char** argv) {
  faas::daemon::ParseFlags(
      argc, argv,
      "Listens on the functions' addresses and hands each connection that it "
      "accepts to runnerd.");
  const absl::Status status = faas::gatewayd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("gatewayd", status);
}
