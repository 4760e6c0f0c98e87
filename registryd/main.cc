// registryd keeps the registry of functions and the image store, and serves the
// public API.

#include <memory>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "common/base/status_macros.h"
#include "common/base/unique_fd.h"
#include "common/daemon/daemon.h"
#include "common/log/log.h"
#include "registryd/flags.h"
#include "registryd/registry_daemon.h"

namespace faas::registryd {
namespace {

absl::Status Run() {
  RETURN_IF_ERROR(daemon::Begin(absl::GetFlag(FLAGS_parent_pid)));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(Flags flags, ReadFlags());
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  daemon::RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(const std::unique_ptr<RegistryDaemon> registry,
                   RegistryDaemon::Start(std::move(flags)));
  daemon::AwaitStop(stop.get());
  registry->Stop();
  log::Flush();
  return absl::OkStatus();
}

}  // namespace
}  // namespace faas::registryd

int main(int argc, char** argv) {
  faas::daemon::ParseFlags(argc, argv, "faasd's registry and image store.");
  const absl::Status status = faas::registryd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("registryd", status);
}
