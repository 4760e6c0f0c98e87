#include "faasd/flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/daemon/user.h"

ABSL_FLAG(std::string, state_dir, "/var/lib/faasd",
          "The directory of the functions and their images.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "The directory of the daemons' sockets.");
ABSL_FLAG(
    std::string, group, "",
    "The group, as a name or a number, whose members may use the API over "
    "the unix sockets. The default is \"faas\" if there is such a "
    "group, and root's group otherwise.");
ABSL_FLAG(std::string, pool, "10.0.0.0/24",
          "The addresses that functions get, on the loopback interface. The "
          "first function gets the tenth.");
ABSL_FLAG(uint16_t, port, 80, "The TCP port that functions listen on.");
ABSL_FLAG(std::string, control_listen, "127.0.0.1:8080",
          "The HOST:PORT of the control API. If it is empty, there is none.");
ABSL_FLAG(std::string, runtime, "runc",
          "The OCI runtime: runc, crun, or another one with the same command "
          "line. Options for it may follow, separated by spaces.");
ABSL_FLAG(
    uint32_t, id_base, 100000,
    "The user and group id on the host that is root in containers. With 0 "
    "containers have no user namespace.");
ABSL_FLAG(
    std::string, gateway_user, "",
    "The user that gatewayd runs as: UID, UID:GID or a name. The default is "
    "the second id after those of the containers, which needs no account. 0 "
    "means root.");
ABSL_FLAG(std::string, registryd_args, "",
          "Further arguments for registryd, separated by spaces.");
ABSL_FLAG(std::string, gatewayd_args, "",
          "Further arguments for gatewayd, separated by spaces.");
ABSL_FLAG(std::string, runnerd_args, "",
          "Further arguments for runnerd, separated by spaces.");
ABSL_FLAG(std::string, bin_dir, "",
          "The directory of the daemons' programs. By default they are looked "
          "for beside faasd.");
ABSL_FLAG(absl::Duration, ready_timeout, absl::Seconds(30),
          "How long the daemons may take to become healthy at the start.");
ABSL_FLAG(
    absl::Duration, stop_timeout, absl::Seconds(20),
    "How long each daemon may take to stop before it is killed. It should "
    "be longer than the daemons' own --stop_timeout.");

namespace faas::faasd {
namespace {

std::vector<std::string> Words(const std::string& text) {
  return absl::StrSplit(text, ' ', absl::SkipEmpty());
}

}  // namespace

absl::StatusOr<Flags> ReadFlags() {
  Flags flags = {
      .state_dir = absl::GetFlag(FLAGS_state_dir),
      .run_dir = absl::GetFlag(FLAGS_run_dir),
      .group = absl::GetFlag(FLAGS_group),
      .pool = absl::GetFlag(FLAGS_pool),
      .port = absl::GetFlag(FLAGS_port),
      .control_listen = absl::GetFlag(FLAGS_control_listen),
      .runtime = absl::GetFlag(FLAGS_runtime),
      .id_base = absl::GetFlag(FLAGS_id_base),
      .gateway_user = absl::GetFlag(FLAGS_gateway_user),
      .registryd_args = Words(absl::GetFlag(FLAGS_registryd_args)),
      .gatewayd_args = Words(absl::GetFlag(FLAGS_gatewayd_args)),
      .runnerd_args = Words(absl::GetFlag(FLAGS_runnerd_args)),
      .bin_dir = absl::GetFlag(FLAGS_bin_dir),
      .ready_timeout = absl::GetFlag(FLAGS_ready_timeout),
      .stop_timeout = absl::GetFlag(FLAGS_stop_timeout),
  };
  if (flags.gateway_user.empty()) {
    RETURN_IF_ERROR(daemon::DefaultGatewayUser(flags.id_base).status());
  }
  return flags;
}

}  // namespace faas::faasd
