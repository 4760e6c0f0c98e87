// faasd: starts registryd, gatewayd and runnerd in the foreground.

#include <sys/epoll.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/daemon/group.h"
#include "common/daemon/user.h"
#include "common/event/event_loop.h"
#include "common/log/log.h"
#include "common/process/run_to_end.h"
#include "faasd/supervisor.h"

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

constexpr absl::Duration kRemoveTimeout = absl::Seconds(10);
constexpr char kRule[] =
    "============================================================\n";

// Installed, all programs lie in one directory; built, each in its package's.
absl::StatusOr<std::string> FindProgram(const std::string& name) {
  std::error_code error;
  std::string directory = absl::GetFlag(FLAGS_bin_dir);
  if (directory.empty()) {
    directory = std::filesystem::read_symlink("/proc/self/exe", error)
                    .parent_path()
                    .string();
  }
  for (const std::string& candidate :
       {absl::StrCat(directory, "/", name),
        absl::StrCat(directory, "/../", name, "/", name)}) {
    if (std::filesystem::is_regular_file(candidate, error)) return candidate;
  }
  return absl::NotFoundError(absl::StrCat(
      "cannot find ", name, " beside faasd (", directory,
      "); build it with \"bazel build //...\", or name its place with "
      "--bin_dir"));
}

absl::StatusOr<daemon::User> GatewayUser() {
  const std::string flag = absl::GetFlag(FLAGS_gateway_user);
  if (!flag.empty()) return daemon::FindUser(flag);
  ASSIGN_OR_RETURN(const uid_t uid,
                   daemon::DefaultGatewayUser(absl::GetFlag(FLAGS_id_base)));
  return daemon::User{uid, uid};
}

// Of the run directory and the API's sockets. gatewayd has to be in it; where
// there is none, that is a group of its own rather than root's.
absl::StatusOr<gid_t> ApiGroup() {
  const std::string name = absl::GetFlag(FLAGS_group);
  ASSIGN_OR_RETURN(const gid_t group, daemon::FindGroup(name));
  if (!name.empty() || group != 0) return group;
  ASSIGN_OR_RETURN(const daemon::User gateway, GatewayUser());
  return gateway.gid;
}

absl::StatusOr<DaemonSpec> MakeSpec(const std::string& name,
                                    std::vector<std::string> flags,
                                    const std::string& more) {
  ASSIGN_OR_RETURN(std::string program, FindProgram(name));
  const std::string run_dir = absl::GetFlag(FLAGS_run_dir);
  DaemonSpec spec;
  spec.name = name;
  spec.socket = absl::StrCat(run_dir, "/", name, ".sock");
  spec.command = {std::move(program), "--run_dir=" + run_dir,
                  absl::StrCat("--parent_pid=", getpid())};
  ASSIGN_OR_RETURN(const gid_t group, ApiGroup());
  spec.command.push_back(absl::StrCat("--group=", group));
  spec.command.insert(spec.command.end(), flags.begin(), flags.end());
  for (absl::string_view arg : absl::StrSplit(more, ' ', absl::SkipEmpty())) {
    spec.command.emplace_back(arg);
  }
  return spec;
}

absl::StatusOr<std::vector<DaemonSpec>> Daemons() {
  const std::string state = "--state_dir=" + absl::GetFlag(FLAGS_state_dir);
  const std::string ids =
      absl::StrCat("--id_base=", absl::GetFlag(FLAGS_id_base));
  ASSIGN_OR_RETURN(const daemon::User gateway, GatewayUser());
  std::vector<DaemonSpec> specs(3);
  ASSIGN_OR_RETURN(
      specs[0],
      MakeSpec("registryd",
               {state, ids, absl::StrCat("--read_only_uids=", gateway.uid),
                "--control_listen=" + absl::GetFlag(FLAGS_control_listen)},
               absl::GetFlag(FLAGS_registryd_args)));
  ASSIGN_OR_RETURN(
      specs[1],
      MakeSpec("gatewayd",
               {absl::StrCat("--user=", gateway.uid, ":", gateway.gid),
                "--pool=" + absl::GetFlag(FLAGS_pool),
                absl::StrCat("--port=", absl::GetFlag(FLAGS_port))},
               absl::GetFlag(FLAGS_gatewayd_args)));
  ASSIGN_OR_RETURN(
      specs[2],
      MakeSpec("runnerd",
               {state, ids, absl::StrCat("--gateway_user=", gateway.uid),
                "--runtime=" + absl::GetFlag(FLAGS_runtime)},
               absl::GetFlag(FLAGS_runnerd_args)));
  return specs;
}

// Of gatewayd, when all have ended: running containers were guarded by it, and
// gatewayd itself may not remove it.
void RemoveLeftovers() {
  absl::StatusOr<DaemonSpec> gatewayd =
      MakeSpec("gatewayd", {"--remove_leftovers"}, "");
  absl::Status status = gatewayd.status();
  if (status.ok()) {
    status =
        process::RunToEnd({.args = gatewayd->command}, kRemoveTimeout).status();
  }
  if (!status.ok()) log::Line("faasd", std::string(status.message()));
}

void PrintBanner() {
  log::Raw(absl::StrCat(kRule, "faasd - FaaS daemon using runc\n", kRule));
  log::Flush();  // before the daemons write
}

void PrintReady() {
  const std::string control = absl::GetFlag(FLAGS_control_listen);
  log::Raw(absl::StrCat(
      "\n", kRule, "faasd started successfully\n", kRule,
      "  Control API: ", control.empty() ? "none" : "http://" + control,
      "\n  Registry:    ", absl::GetFlag(FLAGS_state_dir), "/registry.json\n\n",
      "[server] FaaS server ready\n"));
}

absl::Status Run() {
  RETURN_IF_ERROR(daemon::Begin(/*parent=*/0));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(std::vector<DaemonSpec> daemons, Daemons());
  const std::string group_name = absl::GetFlag(FLAGS_group);
  ASSIGN_OR_RETURN(const gid_t found_group, daemon::FindGroup(group_name));
  ASSIGN_OR_RETURN(const gid_t group, ApiGroup());
  ASSIGN_OR_RETURN(
      const base::UniqueFd lock,
      daemon::EnterRunDirectory(absl::GetFlag(FLAGS_run_dir), "faasd",
                                /*parent=*/0, group));
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  ASSIGN_OR_RETURN(const auto loop, event::EventLoop::Create());
  PrintBanner();
  daemon::LogMissingGroup(group_name, found_group);
  // gatewayd first, so that nothing new comes in; runnerd then has only to
  // finish what it has.
  Supervisor supervisor(loop.get(),
                        {.daemons = std::move(daemons),
                         .stop_order = {"gatewayd", "runnerd", "registryd"},
                         .ready_timeout = absl::GetFlag(FLAGS_ready_timeout),
                         .stop_timeout = absl::GetFlag(FLAGS_stop_timeout),
                         .on_ready = PrintReady});
  event::EventLoop::Token watch = 0;
  ASSIGN_OR_RETURN(watch, loop->Watch(stop.get(), EPOLLIN, [&](uint32_t) {
    loop->Unwatch(watch);
    log::Raw("\n[faasd] Stopping\n");
    supervisor.Stop();
  }));
  const absl::Status status = supervisor.Run();
  RemoveLeftovers();
  if (status.ok()) log::Line("faasd", "Stopped");
  log::Flush();
  return status;
}

}  // namespace
}  // namespace faas::faasd

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Functions from container images: starts registryd, gatewayd and "
      "runnerd in the foreground.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = faas::faasd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("faasd", status);
}
