#ifndef FAAS_GATEWAYD_GATEWAY_DAEMON_H_
#define FAAS_GATEWAYD_GATEWAY_DAEMON_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "common/rpc/server.h"
#include "function/convergence.h"
#include "function/function_watch.h"
#include "gatewayd/connection_intake.h"
#include "gatewayd/dispatcher.h"
#include "gatewayd/flags.h"
#include "gatewayd/gateway_service.h"
#include "gatewayd/listener_table.h"
#include "gatewayd/privileged_setup.h"

namespace faas::gatewayd {

// A GatewayDaemon is a running gatewayd: it follows the registry, listens on
// the functions' addresses, hands the connections that it accepts to runnerd,
// and serves the API.
//
// The event loop's thread owns the listeners and the connections. The API's
// threads and the watch of the registry reach them through the loop.
class GatewayDaemon {
 public:
  // Starts the API and begins to follow the registry. The health service says
  // NOT_SERVING until the first state of the registry is in force.
  static absl::StatusOr<std::unique_ptr<GatewayDaemon>> Start(
      const Flags& flags, PrivilegedSetup setup);

  // Serves until `stop` is readable (daemon::StopSignals); then accepts nothing
  // more, hands off what it has accepted, for --stop_timeout at most, and shuts
  // the API down. Call it once.
  absl::Status Run(int stop);

 private:
  GatewayDaemon(const Flags& flags, PrivilegedSetup setup,
                std::unique_ptr<event::EventLoop> loop);
  absl::Status StartListeners(const Flags& flags);
  absl::Status StartServer(const Flags& flags);
  void FollowRegistry();
  void Apply(const function::FunctionState& state);
  void Stop();

  const std::string run_dir_;
  const absl::Duration stop_timeout_;
  PrivilegedSetup setup_;
  // The members below are destroyed in the reverse order: first those with
  // threads that post to the loop.
  const std::unique_ptr<event::EventLoop> loop_;
  std::unique_ptr<ListenerTable> listeners_;
  Dispatcher dispatcher_;
  ConnectionIntake intake_;
  function::Convergence convergence_;
  std::unique_ptr<GatewayService> service_;
  std::unique_ptr<rpc::Server> server_;
  std::unique_ptr<function::FunctionWatch> watch_;
  event::EventLoop::Token stop_watch_ = 0;
  bool stopping_ = false;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_GATEWAY_DAEMON_H_
