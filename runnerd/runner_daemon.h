#ifndef FAAS_RUNNERD_RUNNER_DAEMON_H_
#define FAAS_RUNNERD_RUNNER_DAEMON_H_

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "common/event/worker.h"
#include "common/rpc/server.h"
#include "function/convergence.h"
#include "function/function_watch.h"
#include "runnerd/container/container_environment.h"
#include "runnerd/flags.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/host/runtime.h"
#include "runnerd/revision/flat_trees.h"
#include "runnerd/revision/revision.h"
#include "runnerd/revision/revision_table.h"
#include "runnerd/runner.h"
#include "runnerd/runner_service.h"
#include "runnerd/state_applier.h"

namespace faas::runnerd {

// A RunnerDaemon is a whole runnerd: it owns the directories, the mounts, the
// runner with all its instances, the gRPC server, and the watch of the
// registry.
//
//   RETURN_IF_ERROR(daemon::Begin(parent));
//   ASSIGN_OR_RETURN(Flags flags, ReadFlags());
//   ASSIGN_OR_RETURN(const auto runnerd, RunnerDaemon::Start(flags));
//   runnerd->Run();
//
// The thread that calls Start and Run is the loop's thread.
class RunnerDaemon {
 public:
  // Locks the directories, finds out what the host can do, takes over the
  // containers of a previous run, serves the API, and begins to follow the
  // registry. daemon::Begin must have been called.
  //
  // On failure everything is released, except that the directories and the
  // tmpfs for bundles stay. ALREADY_EXISTS if another runnerd uses one of the
  // directories; FAILED_PRECONDITION, with what to do, if this host cannot run
  // containers in the way that the flags ask for.
  static absl::StatusOr<std::unique_ptr<RunnerDaemon>> Start(Flags flags);
  RunnerDaemon(const RunnerDaemon&) = delete;
  RunnerDaemon& operator=(const RunnerDaemon&) = delete;

  // Serves until SIGINT or SIGTERM, then takes no more connections and lets
  // instances finish for --stop_timeout. Call it once.
  void Run();

 private:
  explicit RunnerDaemon(Flags flags);

  // The steps of Start, in their order.
  absl::Status EnterDirectories();
  absl::Status PrepareHost();
  absl::Status PrepareRootfs();
  absl::Status CreateRunner();
  absl::Status ServeApi();
  absl::Status WatchStopSignals();
  void FollowRegistry();

  void OnStopSignal();

  // The members are in the order of their creation: each may use those above it
  // and is destroyed before them.
  const Flags flags_;
  // The group whose members may use the API.
  gid_t group_ = 0;
  base::UniqueFd run_lock_, state_lock_;
  // The path of the state directory without symbolic links, as mountinfo has
  // it.
  std::string state_dir_;
  std::string bundles_;
  base::UniqueFd stop_signals_;
  std::optional<Runtime> runtime_;
  std::optional<Cgroups> cgroups_;
  std::unique_ptr<FlatTrees> flat_trees_;  // Null for overlays.
  Revision::Environment revision_environment_;
  std::unique_ptr<event::EventLoop> loop_;
  std::unique_ptr<RevisionTable> revisions_;
  event::Worker cleaner_, creator_;
  std::unique_ptr<const ContainerEnvironment> containers_;
  std::unique_ptr<Runner> runner_;
  function::Convergence convergence_;
  std::unique_ptr<RunnerService> service_;
  std::unique_ptr<rpc::Server> server_;
  event::EventLoop::Token stop_watch_ = 0;
  std::optional<StateApplier> applier_;
  std::optional<function::FunctionWatch> watch_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_RUNNER_DAEMON_H_
