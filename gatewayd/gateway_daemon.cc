#include "gatewayd/gateway_daemon.h"

#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/daemon/group.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "handoff/handoff_messages.h"

namespace faas::gatewayd {
namespace {

void LogSocketGuard(const SocketGuard& guard) {
  if (guard.kind == SocketGuard::Kind::kNone) {
    log::Line("init",
              absl::StrCat("WARNING: handlers can reach the host's network "
                           "through the sockets that they are passed: ",
                           guard.detail));
  } else {
    log::Line("init", absl::StrCat("Passed sockets cannot be connected again: ",
                                   guard.name(), " ", guard.detail));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<GatewayDaemon>> GatewayDaemon::Start(
    const Flags& flags, PrivilegedSetup setup) {
  // Under a supervisor it is the supervisor that logs a missing group.
  if (flags.parent_pid == 0) {
    daemon::LogMissingGroup(flags.group, setup.group);
  }
  LogSocketGuard(setup.guard);
  ASSIGN_OR_RETURN(auto loop, event::EventLoop::Create());
  auto daemon = std::unique_ptr<GatewayDaemon>(
      new GatewayDaemon(flags, std::move(setup), std::move(loop)));
  RETURN_IF_ERROR(daemon->StartListeners(flags));
  RETURN_IF_ERROR(daemon->StartServer(flags));
  daemon->FollowRegistry();
  return daemon;
}

GatewayDaemon::GatewayDaemon(const Flags& flags, PrivilegedSetup setup,
                             std::unique_ptr<event::EventLoop> loop)
    : run_dir_(flags.run_dir),
      stop_timeout_(flags.stop_timeout),
      setup_(std::move(setup)),
      loop_(std::move(loop)),
      dispatcher_(loop_.get(), {.handoff_socket = absl::StrCat(
                                    run_dir_, "/", handoff::kSocketName),
                                .max_pending = flags.max_pending,
                                .handoff_timeout = flags.handoff_timeout,
                                .on_overload =
                                    [this](const std::string& function) {
                                      listeners_->Rest(function);
                                    }}),
      intake_(loop_.get(),
              {.first_byte_timeout = flags.first_byte_timeout,
               .max_silent = flags.max_silent},
              &dispatcher_) {}

absl::Status GatewayDaemon::StartListeners(const Flags& flags) {
  ASSIGN_OR_RETURN(
      listeners_,
      ListenerTable::Create(
          loop_.get(),
          {.pool = flags.pool, .port = flags.port, .mark = setup_.guard.mark},
          [this](Accepted accepted, const std::string& function) {
            intake_.Add(std::move(accepted), function);
          }));
  return absl::OkStatus();
}

absl::Status GatewayDaemon::StartServer(const Flags& flags) {
  service_ = std::make_unique<GatewayService>(loop_.get(), listeners_.get(),
                                              &dispatcher_, setup_.guard);
  ASSIGN_OR_RETURN(server_, rpc::Server::Start(
                                {.listener = std::move(setup_.listener),
                                 .access = {.group = setup_.group},
                                 .limits = flags.api_limits,
                                 .services = {service_.get(), &convergence_}}));
  return absl::OkStatus();
}

void GatewayDaemon::FollowRegistry() {
  watch_ = std::make_unique<function::FunctionWatch>(
      rpc::UnixChannel(absl::StrCat(run_dir_, "/registryd.sock")),
      [this](std::shared_ptr<const function::FunctionState> state) {
        loop_->Post([this, state] { Apply(*state); });
      });
}

void GatewayDaemon::Apply(const function::FunctionState& state) {
  if (stopping_) return;
  listeners_->Apply(state);
  convergence_.Reached(state.generation);
  server_->SetServing(true);
}

absl::Status GatewayDaemon::Run(int stop) {
  ASSIGN_OR_RETURN(stop_watch_,
                   loop_->Watch(stop, EPOLLIN, [this](uint32_t) { Stop(); }));
  loop_->Run();
  server_->Shutdown(absl::ZeroDuration());
  log::Flush();
  return absl::OkStatus();
}

void GatewayDaemon::Stop() {
  loop_->Unwatch(stop_watch_);
  stopping_ = true;
  server_->SetServing(false);
  listeners_->Close();
  intake_.Drain(stop_timeout_, [this] { loop_->Stop(); });
}

}  // namespace faas::gatewayd
