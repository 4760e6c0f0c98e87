#ifndef FAAS_RUNNERD_RUNNER_H_
#define FAAS_RUNNERD_RUNNER_H_

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "common/event/worker.h"
#include "common/process/stray_reaper.h"
#include "common/rpc/function_watch.h"
#include "faas/v1/runner_service.pb.h"
#include "runnerd/handoff_server.h"
#include "runnerd/instance.h"
#include "runnerd/revision_table.h"

namespace faas::runnerd {

// Turns offered connections into instances, within the host's limits: when all
// places are taken, offers wait in the order they came. One thread, the loop's.
class Runner {
 public:
  struct Options {
    std::string run_dir;
    // Containers at once, and of these, in the making at once.
    size_t max_instances = 0;
    size_t max_starting = 0;
    // Offers that wait for a place; more are rejected, older ones too.
    size_t max_queued = 0;
    absl::Duration queue_timeout;
  };

  // Borrows `environment` (whose handoff and cleaner it sets) and `revisions`.
  // Takes over or removes what an earlier life has left.
  static absl::StatusOr<std::unique_ptr<Runner>> Create(
      const Options& options, InstanceEnvironment* environment,
      RevisionTable* revisions);
  ~Runner();

  // Follows the registry; begins to listen for offers with the first state.
  // Returns whether everything is as `state` says; otherwise it will be tried
  // again.
  absl::Status Apply(const rpc::FunctionState& state);

  // Ends the hand-off, so that what is not committed is gatewayd's again and
  // waits for the next runnerd, and calls `on_drained` when the last instance
  // has gone; those that are left at `deadline` are killed.
  void Drain(absl::Time deadline, std::function<void()> on_drained);

  std::vector<v1::Instance> ListInstances() const;

 private:
  struct Waiting {
    HandoffServer::Channel channel;
    v1::Offer offer;
    base::UniqueFd client;
    absl::Time since;
  };

  Runner(const Options& options, InstanceEnvironment* environment,
         RevisionTable* revisions);
  // Takes on every container that is there and not among the instances.
  absl::Status Recover();
  void OnOffer(HandoffServer::Channel channel, const v1::Offer& offer,
               base::UniqueFd client);
  void OnChannelEnd(HandoffServer::Channel channel);
  void StartWaiting();
  void StartOne(Waiting waiting);
  size_t CountStarting() const;
  void OnInstanceEnd(Instance* instance);
  void Maintain();

  const Options options_;
  InstanceEnvironment& environment_;
  RevisionTable& revisions_;
  std::unique_ptr<HandoffServer> handoff_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;  // by id
  event::Worker cleaner_;  // after the instances: its tasks use them
  std::deque<Waiting> waiting_;
  process::StrayReaper reaper_;
  event::EventLoop::Token maintain_timer_ = 0;
  bool stopping_ = false;
  std::function<void()> on_drained_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_RUNNER_H_
