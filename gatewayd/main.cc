// gatewayd: loopback addresses, listening sockets, and accepted connections
// until they are handed off.

#include <sys/epoll.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/event/event_loop.h"
#include "common/handoff/handoff.h"
#include "common/log/log.h"
#include "common/net/ipv4.h"
#include "common/rpc/api_flags.h"
#include "common/rpc/channel.h"
#include "common/rpc/convergence.h"
#include "common/rpc/function_watch.h"
#include "common/rpc/listener.h"
#include "common/rpc/server.h"
#include "gatewayd/dispatcher.h"
#include "gatewayd/gateway_service.h"
#include "gatewayd/listener_table.h"
#include "gatewayd/silent_connections.h"

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

absl::Status Run() {
  const std::string run_dir = absl::GetFlag(FLAGS_run_dir);
  const int parent = absl::GetFlag(FLAGS_parent_pid);
  RETURN_IF_ERROR(daemon::Begin(parent));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(const net::Ipv4Prefix pool,
                   net::ParseIpv4Prefix(absl::GetFlag(FLAGS_pool)));
  ASSIGN_OR_RETURN(const rpc::Limits api_limits, rpc::LimitsFromFlags());
  ASSIGN_OR_RETURN(const gid_t group,
                   rpc::GroupFromFlags(/*supervised=*/parent != 0));
  ASSIGN_OR_RETURN(
      const base::UniqueFd lock,
      daemon::EnterRunDirectory(run_dir, "gatewayd", parent, group));
  ASSIGN_OR_RETURN(rpc::Listener listener,
                   rpc::Listener::Unix(run_dir + "/gatewayd.sock", group));
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
          loop.get(), {.pool = pool, .port = absl::GetFlag(FLAGS_port)},
          [&](Accepted accepted, const std::string& function) {
            if (accepted.protocol == Protocol::kHttp) {
              silent.Add(std::move(accepted), function);
            } else {
              dispatcher.Add(std::move(accepted), function);
            }
          }));
  rpc::Convergence convergence;
  GatewayService service(loop.get(), listeners.get(), &dispatcher);
  ASSIGN_OR_RETURN(const auto server,
                   rpc::Server::Start({.listener = std::move(listener),
                                       .access = {.group = group},
                                       .limits = api_limits,
                                       .services = {&service, &convergence}}));
  bool stopping = false;
  rpc::FunctionWatch watch(
      rpc::UnixChannel(run_dir + "/registryd.sock"),
      [&](std::shared_ptr<const rpc::FunctionState> state) {
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
