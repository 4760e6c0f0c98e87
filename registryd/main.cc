// registryd: the registry of functions, the image store, and the public API.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/log/log.h"
#include "common/rpc/server.h"
#include "registryd/deployer.h"
#include "registryd/function_service.h"
#include "registryd/image_limit_flags.h"
#include "registryd/janitor.h"
#include "registryd/layer_store.h"
#include "registryd/peers.h"
#include "registryd/registry.h"

ABSL_FLAG(std::string, state_dir, "/var/lib/faasd",
          "Where functions and their images are kept.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "Where the daemons' sockets are.");
ABSL_FLAG(std::string, control_listen, "127.0.0.1:8080",
          "HOST:PORT of the control API beside the unix socket; empty for "
          "none.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long calls may go on after SIGTERM.");
ABSL_FLAG(int, parent_pid, 0,
          "Stop when this parent process ends; 0 for never.");

namespace faas::registryd {
namespace {

std::string PortOf(const std::string& address) {
  const size_t colon = address.find_last_of(':');
  return colon == std::string::npos ? address : address.substr(colon);
}

absl::Status Run() {
  const std::string state_dir = absl::GetFlag(FLAGS_state_dir);
  const std::string run_dir = absl::GetFlag(FLAGS_run_dir);
  const std::string control = absl::GetFlag(FLAGS_control_listen);
  const int parent = absl::GetFlag(FLAGS_parent_pid);
  RETURN_IF_ERROR(daemon::Begin(parent));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(const image::Limits limits, ImageLimitsFromFlags());
  ASSIGN_OR_RETURN(const base::UniqueFd lock,
                   daemon::EnterDirectory(run_dir, "registryd", parent));
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  log::Line("init", "Setting up " + state_dir);
  ASSIGN_OR_RETURN(const base::UniqueFd state_lock,
                   daemon::EnterDirectory(state_dir, "registryd", parent));
  ASSIGN_OR_RETURN(const auto store, LayerStore::Open(state_dir));
  ASSIGN_OR_RETURN(const auto registry,
                   Registry::Open(state_dir + "/registry.json"));
  log::Line("init",
            absl::StrCat("Loaded ", registry->size(), " images from registry"));

  Peers peers(run_dir);
  Janitor janitor(store.get(), registry.get(), &peers);
  Deployer deployer(state_dir, limits, store.get(), registry.get(), &peers,
                    &janitor);
  FunctionService service(registry.get(), &deployer);
  if (!control.empty()) {
    log::Line("init", "Starting control API on " + PortOf(control));
  }
  ASSIGN_OR_RETURN(
      const auto server,
      rpc::Server::Start({.socket_path = run_dir + "/registryd.sock",
                          .tcp_address = control,
                          .services = {&service}}));
  server->SetServing(true);
  daemon::AwaitStop(stop.get());
  service.StopWatches();
  server->Shutdown(absl::GetFlag(FLAGS_stop_timeout));
  log::Flush();
  return absl::OkStatus();
}

}  // namespace
}  // namespace faas::registryd

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("faasd's registry and image store.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = faas::registryd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("registryd", status);
}
