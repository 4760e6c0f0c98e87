#include "faasd/faas_daemon.h"

#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/daemon/group.h"
#include "common/log/log.h"
#include "common/process/run_to_end.h"

namespace faas::faasd {
namespace {

constexpr absl::Duration kRemoveTimeout = absl::Seconds(10);
constexpr char kRule[] =
    "============================================================\n";

void PrintBanner() {
  log::Raw(absl::StrCat(kRule, "faasd - FaaS daemon using runc\n", kRule));
  log::Flush();  // The daemons will write to the same terminal.
}

}  // namespace

absl::StatusOr<std::unique_ptr<FaasDaemon>> FaasDaemon::Create(
    const Flags& flags, const DaemonCommands& commands) {
  ASSIGN_OR_RETURN(
      base::UniqueFd lock,
      daemon::EnterRunDirectory(flags.run_dir, "faasd",
                                /*parent=*/0, commands.api_group()));
  ASSIGN_OR_RETURN(auto loop, event::EventLoop::Create());
  PrintBanner();
  daemon::LogMissingGroup(flags.group, commands.named_group());
  return std::unique_ptr<FaasDaemon>(
      new FaasDaemon(flags, commands, std::move(lock), std::move(loop)));
}

FaasDaemon::FaasDaemon(const Flags& flags, const DaemonCommands& commands,
                       base::UniqueFd lock,
                       std::unique_ptr<event::EventLoop> loop)
    : state_dir_(flags.state_dir),
      control_listen_(flags.control_listen),
      remove_leftovers_(commands.remove_leftovers()),
      lock_(std::move(lock)),
      loop_(std::move(loop)),
      // gatewayd stops first, so that nothing new comes in; runnerd then has
      // only to finish what it has.
      supervisor_(loop_.get(),
                  {.daemons = commands.daemons(),
                   .stop_order = {"gatewayd", "runnerd", "registryd"},
                   .ready_timeout = flags.ready_timeout,
                   .stop_timeout = flags.stop_timeout,
                   .on_ready = [this] { PrintReady(); }}) {}

absl::Status FaasDaemon::Run(int stop) {
  ASSIGN_OR_RETURN(stop_watch_,
                   loop_->Watch(stop, EPOLLIN, [this](uint32_t) { OnStop(); }));
  const absl::Status status = supervisor_.Run();
  RemoveLeftovers();
  if (status.ok()) log::Line("faasd", "Stopped");
  log::Flush();
  return status;
}

void FaasDaemon::PrintReady() const {
  log::Raw(absl::StrCat(
      "\n", kRule, "faasd started successfully\n", kRule, "  Control API: ",
      control_listen_.empty() ? "none" : "http://" + control_listen_,
      "\n  Registry:    ", state_dir_, "/registry.json\n\n",
      "[server] FaaS server ready\n"));
}

void FaasDaemon::OnStop() {
  loop_->Unwatch(stop_watch_);
  log::Raw("\n[faasd] Stopping\n");
  supervisor_.Stop();
}

// What guarded the running containers stays until all daemons have ended, and
// gatewayd, which has given up its privileges, may not remove it then.
void FaasDaemon::RemoveLeftovers() const {
  const absl::Status status =
      process::RunToEnd({.args = remove_leftovers_}, kRemoveTimeout).status();
  if (!status.ok()) log::Line("faasd", std::string(status.message()));
}

}  // namespace faas::faasd
