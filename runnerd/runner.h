#ifndef FAAS_RUNNERD_RUNNER_H_
#define FAAS_RUNNERD_RUNNER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "common/event/event_loop.h"
#include "faas/v1/runner_service.pb.h"
#include "function/function_watch.h"
#include "runnerd/admission/admission.h"
#include "runnerd/admission/handoff_server.h"
#include "runnerd/admission/offered_connection.h"
#include "runnerd/container/container_environment.h"
#include "runnerd/container/instance.h"
#include "runnerd/container/instance_table.h"
#include "runnerd/function_settings.h"
#include "runnerd/function_table.h"
#include "runnerd/revision/revision.h"
#include "runnerd/revision/revision_table.h"
#include "runnerd/warm_pool/warm_pool.h"

namespace faas::runnerd {

// The Runner brings together connections (Admission), warm instances
// (WarmPool), the settings of functions (FunctionTable) and instances
// (InstanceTable), each of which is the sole owner of its facts. Runs on the
// loop's thread.
class Runner : private Admission::Owner,
               private WarmPool::Owner,
               private Instance::Owner {
 public:
  struct Options {
    Admission::Options admission;
    WarmPool::Limits warm;
    // How many containers may start at the same time for connections.
    size_t max_starting = 0;
    // The time from a container's stop signal to SIGKILL.
    absl::Duration kill_grace;
    // Settings of functions that have no options.
    FunctionSettings defaults;
  };

  // Takes over or removes what a previous run of runnerd has left. The pointers
  // must outlive the Runner.
  static absl::StatusOr<std::unique_ptr<Runner>> Create(
      const Options& options, const ContainerEnvironment* containers,
      RevisionTable* revisions);
  ~Runner() override;

  // Follows the registry, and begins to listen for offers with the first
  // state. Returns an error if not everything is as `state` says; then call it
  // again later.
  absl::Status Apply(const function::FunctionState& state);

  // Ends the hand-off, so that what is not committed belongs to gatewayd again
  // and waits for the next runnerd. Calls `on_drained` when the last instance
  // has gone; those that are left at `deadline` are killed.
  void Drain(absl::Time deadline, std::function<void()> on_drained);

  // Describes all instances, the oldest first.
  std::vector<v1::Instance> ListInstances() const { return instances_.List(); }

 private:
  Runner(const Options& options, const ContainerEnvironment* containers,
         RevisionTable* revisions);
  void Maintain();
  void KillRest();

  // Gives containers to waiting connections as long as that is possible, then
  // starts the warm instances that are missing.
  void Dispatch();
  absl::optional<OfferedConnection> TakeConnection();
  void Serve(OfferedConnection connection);
  void StartFor(OfferedConnection connection,
                std::shared_ptr<const Revision> revision);

  bool KnowsFunction(const std::string& function) override;
  void OnArrival(const std::string& function) override;
  void OnWaiting() override { Dispatch(); }
  void OnChannelEnd(HandoffServer::Channel channel) override;

  bool MayStartWarm() override { return !admission_.HasWaiting(); }
  Instance* StartWarm(const std::string& function) override;

  void OnStarted(Instance* instance) override;
  void OnFailure(Instance* instance, OfferedConnection connection,
                 const Instance::Failure& failure) override;
  void OnEnding(Instance* instance) override;
  void OnGone(Instance* instance) override;

  const Options options_;
  event::EventLoop& loop_;
  RevisionTable& revisions_;
  Admission admission_;
  WarmPool warm_pool_;
  FunctionTable functions_;
  InstanceTable instances_;
  event::EventLoop::Token maintain_timer_ = 0, kill_timer_ = 0;
  bool draining_ = false;
  std::function<void()> on_drained_;
};

// How many containers a connection gets, one after the other, if those before
// could not serve it and the function was not to blame. Then it is rejected.
inline constexpr int kMaxStarts = 3;

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_RUNNER_H_
