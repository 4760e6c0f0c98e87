#include "faasd/flags.h"

#include "absl/flags/flag.h"
#include "absl/strings/str_split.h"
#include "common/base/status_macros.h"
#include "common/daemon/user.h"

ABSL_FLAG(std::string, state_dir, "/var/lib/faasd",
          "Where functions and their images are kept.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "Where the daemons' sockets are.");
ABSL_FLAG(std::string, group, "",
          "The group, a name or a number, whose members may use the API over "
          "the unix sockets; by default \"faas\" if there is one, otherwise "
          "root's.");
ABSL_FLAG(std::string, pool, "10.0.0.0/24",
          "Addresses that functions get, on the loopback interface; the first "
          "is the tenth.");
ABSL_FLAG(uint16_t, port, 80, "TCP port that functions listen on.");
ABSL_FLAG(std::string, control_listen, "127.0.0.1:8080",
          "HOST:PORT of the control API; empty for none.");
ABSL_FLAG(std::string, runtime, "runc",
          "The OCI runtime: runc, crun, or another with their command line; "
          "options for it may follow, separated by spaces.");
ABSL_FLAG(uint32_t, id_base, 100000,
          "The host's user and group id for the root of containers; 0 for no "
          "user namespace.");
ABSL_FLAG(
    std::string, gateway_user, "",
    "Whom gatewayd runs as: UID, UID:GID or a name; by default the second "
    "id after the containers', which needs no account. 0 for root.");
ABSL_FLAG(std::string, registryd_args, "",
          "More arguments for registryd, separated by spaces.");
ABSL_FLAG(std::string, gatewayd_args, "",
          "More arguments for gatewayd, separated by spaces.");
ABSL_FLAG(std::string, runnerd_args, "",
          "More arguments for runnerd, separated by spaces.");
ABSL_FLAG(std::string, bin_dir, "",
          "Where the daemons' programs are; by default they are looked for "
          "beside this one.");
ABSL_FLAG(absl::Duration, ready_timeout, absl::Seconds(30),
          "How long the daemons may take to become healthy.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(20),
          "How long each daemon may take to stop. Longer than the daemons' own "
          "--stop_timeout.");

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
