// gatewayd: loopback addresses, listening sockets, and accepted connections
// until they are handed off.

#include <sys/epoll.h>
#include <unistd.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/daemon/group.h"
#include "common/daemon/user.h"
#include "common/event/event_loop.h"
#include "common/log/log.h"
#include "common/net/ipv4.h"
#include "common/process/child.h"
#include "common/rpc/api_flags.h"
#include "common/rpc/channel.h"
#include "common/rpc/listener.h"
#include "common/rpc/server.h"
#include "function/convergence.h"
#include "function/function_watch.h"
#include "gatewayd/dispatcher.h"
#include "gatewayd/gateway_service.h"
#include "gatewayd/listener_table.h"
#include "gatewayd/privileges.h"
#include "gatewayd/silent_connections.h"
#include "gatewayd/socket_guard.h"
#include "handoff/handoff.h"

ABSL_DECLARE_FLAG(std::string, group);  // common/rpc/api_flags.h
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "Where the daemons' sockets are.");
ABSL_FLAG(std::string, pool, "10.0.0.0/24",
          "Addresses that functions get, on the loopback interface.");
ABSL_FLAG(uint16_t, port, 80, "TCP port that functions listen on.");
ABSL_FLAG(uint32_t, max_pending, 4096,
          "Connections that may wait for a container; more are answered 503.");
ABSL_FLAG(absl::Duration, handoff_timeout, absl::Seconds(60),
          "How long a connection may wait for runnerd's answer. Longer than "
          "runnerd's --queue_timeout and --start_timeout together.");
ABSL_FLAG(absl::Duration, first_byte_timeout, absl::Seconds(10),
          "How long a client of an HTTP function may stay silent after it has "
          "connected.");
ABSL_FLAG(uint32_t, max_silent, 1024,
          "Connections to HTTP functions that are kept while their clients are "
          "silent; the oldest of more are closed.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long accepted connections may still be handed off after "
          "SIGTERM.");
ABSL_FLAG(
    std::string, user, "",
    "Whom gatewayd becomes when it has started as root: UID, UID:GID or a "
    "name; by default it stays root. Of root's capabilities it keeps "
    "CAP_NET_ADMIN and CAP_NET_BIND_SERVICE.");
ABSL_FLAG(
    std::string, socket_guard, "auto",
    "What keeps handlers from connecting the sockets that they are passed "
    "to something else: bpf (programs at gatewayd's cgroup), firewall (a "
    "rule of nftables on marked sockets), auto for the first that works, "
    "or none.");
ABSL_FLAG(uint32_t, socket_mark, 0xfaa5,
          "The mark (SO_MARK) of listeners and their connections with "
          "--socket_guard=firewall.");
ABSL_FLAG(bool, allow_socket_reuse, false,
          "Start also if no guard works: every function may then reach the "
          "host's network.");
ABSL_FLAG(bool, remove_leftovers, false,
          "Only remove what gatewayd, which cannot do it itself, has left of "
          "this --run_dir on the host, and end. For when nothing runs any "
          "more.");
ABSL_FLAG(int, parent_pid, 0,
          "Stop when this parent process ends; 0 for never.");

namespace faas::gatewayd {
namespace {

constexpr absl::Duration kDrainCheck = absl::Milliseconds(10);

// Stops the loop once no connection is left. At `deadline` those that are left
// are answered, and get the time to take the answer in.
void StopWhenIdle(event::EventLoop* loop, Dispatcher* dispatcher,
                  absl::Time deadline) {
  const absl::Time now = event::EventLoop::Now();
  if (now >= deadline) dispatcher->Shutdown();
  if (dispatcher->idle() || now >= deadline + kLingerTime) {
    loop->Stop();
    return;
  }
  loop->After(kDrainCheck, [=] { StopWhenIdle(loop, dispatcher, deadline); });
}

// What is made with privileges that gatewayd has only at its start.
struct Privileged {
  base::UniqueFd lock;
  gid_t group = 0;
  rpc::Listener listener;
  SocketGuard guard;
};

absl::StatusOr<Privileged> DoPrivileged(const std::string& run_dir,
                                        int parent) {
  RETURN_IF_ERROR(CheckPrivileges());
  Privileged result;
  ASSIGN_OR_RETURN(daemon::User user,
                   daemon::FindUser(absl::GetFlag(FLAGS_user)));
  if (geteuid() != 0) user = {geteuid(), getegid()};
  // Logging may start a thread: what is to be said is said later.
  ASSIGN_OR_RETURN(result.group, rpc::GroupFromFlags(/*supervised=*/true));
  ASSIGN_OR_RETURN(result.lock, daemon::EnterRunDirectory(
                                    run_dir, "gatewayd", parent, result.group));
  ASSIGN_OR_RETURN(result.guard,
                   SetSocketGuard({.run_dir = run_dir,
                                   .kind = absl::GetFlag(FLAGS_socket_guard),
                                   .uid = user.uid,
                                   .mark = absl::GetFlag(FLAGS_socket_mark),
                                   .allow_socket_reuse = absl::GetFlag(
                                       FLAGS_allow_socket_reuse)}));
  ASSIGN_OR_RETURN(
      result.listener,
      rpc::Listener::Unix(run_dir + "/gatewayd.sock", result.group));
  RETURN_IF_ERROR(DropPrivileges(user, result.group));
  // The kernel forgets it when the user changes.
  if (parent != 0) RETURN_IF_ERROR(process::EndWithParent(parent));
  return result;
}

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

// --remove_leftovers
absl::Status RemoveLeftovers(const std::string& run_dir) {
  RETURN_IF_ERROR(daemon::CheckRoot("gatewayd"));
  ASSIGN_OR_RETURN(const base::UniqueFd lock,
                   daemon::EnterDirectory(run_dir, "gatewayd", /*parent=*/0));
  unlink((run_dir + "/gatewayd.sock").c_str());
  return RemoveSocketGuard(run_dir);
}

absl::Status Run() {
  const std::string run_dir = absl::GetFlag(FLAGS_run_dir);
  const int parent = absl::GetFlag(FLAGS_parent_pid);
  RETURN_IF_ERROR(daemon::Begin(parent));
  if (absl::GetFlag(FLAGS_remove_leftovers)) return RemoveLeftovers(run_dir);
  ASSIGN_OR_RETURN(const net::Ipv4Prefix pool,
                   net::ParseIpv4Prefix(absl::GetFlag(FLAGS_pool)));
  ASSIGN_OR_RETURN(const rpc::Limits api_limits, rpc::LimitsFromFlags());
  ASSIGN_OR_RETURN(Privileged privileged, DoPrivileged(run_dir, parent));
  const SocketGuard& guard = privileged.guard;
  if (parent == 0) {
    daemon::LogMissingGroup(absl::GetFlag(FLAGS_group), privileged.group);
  }
  LogSocketGuard(guard);
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  daemon::RaiseDescriptorLimit();

  ASSIGN_OR_RETURN(const auto loop, event::EventLoop::Create());
  std::unique_ptr<ListenerTable> listeners;
  Dispatcher dispatcher(
      loop.get(), {.handoff_socket = run_dir + "/" + handoff::kSocketName,
                   .max_pending = absl::GetFlag(FLAGS_max_pending),
                   .handoff_timeout = absl::GetFlag(FLAGS_handoff_timeout),
                   .on_overload = [&](const std::string& function) {
                     listeners->Rest(function);
                   }});
  SilentConnections silent(
      loop.get(),
      {.first_byte_timeout = absl::GetFlag(FLAGS_first_byte_timeout),
       .max_silent = absl::GetFlag(FLAGS_max_silent)},
      [&](Accepted accepted, const std::string& function) {
        dispatcher.Add(std::move(accepted), function);
      });
  ASSIGN_OR_RETURN(
      listeners,
      ListenerTable::Create(
          loop.get(),
          {.pool = pool, .port = absl::GetFlag(FLAGS_port), .mark = guard.mark},
          [&](Accepted accepted, const std::string& function) {
            if (accepted.protocol == Protocol::kHttp) {
              silent.Add(std::move(accepted), function);
            } else {
              dispatcher.Add(std::move(accepted), function);
            }
          }));
  function::Convergence convergence;
  GatewayService service(loop.get(), listeners.get(), &dispatcher, guard);
  ASSIGN_OR_RETURN(
      const auto server,
      rpc::Server::Start({.listener = std::move(privileged.listener),
                          .access = {.group = privileged.group},
                          .limits = api_limits,
                          .services = {&service, &convergence}}));
  bool stopping = false;
  function::FunctionWatch watch(
      rpc::UnixChannel(run_dir + "/registryd.sock"),
      [&](std::shared_ptr<const function::FunctionState> state) {
        loop->Post([&, state] {
          if (stopping) return;
          listeners->Apply(*state);
          convergence.Reached(state->generation);
          server->SetServing(true);
        });
      });
  event::EventLoop::Token stop_watch = 0;
  ASSIGN_OR_RETURN(stop_watch, loop->Watch(stop.get(), EPOLLIN, [&](uint32_t) {
    loop->Unwatch(stop_watch);
    stopping = true;
    server->SetServing(false);
    listeners->Close();
    silent.Close();
    StopWhenIdle(loop.get(), &dispatcher,
                 event::EventLoop::Now() + absl::GetFlag(FLAGS_stop_timeout));
  }));
  loop->Run();
  server->Shutdown(absl::ZeroDuration());
  log::Flush();
  return absl::OkStatus();
}

}  // namespace
}  // namespace faas::gatewayd

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("faasd's addresses and listeners.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = faas::gatewayd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("gatewayd", status);
}
