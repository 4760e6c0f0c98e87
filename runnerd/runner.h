#ifndef FAAS_RUNNERD_RUNNER_H_
#define FAAS_RUNNERD_RUNNER_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/node_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/event/event_loop.h"
#include "common/event/worker.h"
#include "faas/v1/runner_service.pb.h"
#include "function/function_watch.h"
#include "runnerd/admission/handoff_server.h"
#include "runnerd/admission/offered_connection.h"
#include "runnerd/admission/passed_connection.h"
#include "runnerd/admission/scheduler.h"
#include "runnerd/container/instance.h"
#include "runnerd/function_settings.h"
#include "runnerd/host/stray_reaper.h"
#include "runnerd/revision/revision_table.h"
#include "runnerd/warm_pool/spares.h"

namespace faas::runnerd {

// Turns offered connections into instances, as the scheduler says, and keeps
// spares. One thread, the loop's.
class Runner : private Instance::Owner {
 public:
  struct Options {
    std::string run_dir;
    // Who may offer connections.
    uid_t gateway = 0;
    Scheduler::HostLimits limits;
    // Containers in the making at once, for connections.
    size_t max_starting = 0;
    Spares::Limits spares;
    // Of functions that have no options.
    FunctionSettings defaults;
  };

  // Borrows `environment` (whose handoff and workers it sets) and `revisions`.
  // Takes over or removes what an earlier life has left.
  static absl::StatusOr<std::unique_ptr<Runner>> Create(
      const Options& options, InstanceEnvironment* environment,
      RevisionTable* revisions);
  ~Runner() override;

  // Follows the registry; begins to listen for offers with the first state.
  // Returns whether everything is as `state` says; otherwise it will be tried
  // again.
  absl::Status Apply(const function::FunctionState& state);

  // Ends the hand-off, so that what is not committed is gatewayd's again and
  // waits for the next runnerd, and calls `on_drained` when the last instance
  // has gone; those that are left at `deadline` are killed.
  void Drain(absl::Time deadline, std::function<void()> on_drained);

  std::vector<v1::Instance> ListInstances() const;

 private:
  struct Waiting {
    OfferedConnection connection;
    event::EventLoop::Token hang_up_watch = 0;
  };

  Runner(const Options& options, InstanceEnvironment* environment,
         RevisionTable* revisions);
  // Takes on every container that is there and not among the instances.
  absl::Status Recover();
  void Maintain();

  // Offers.
  absl::Status Listen();
  void OnOffer(OfferedConnection connection);
  void OnChannelEnd(HandoffServer::Channel channel);
  void Wait(OfferedConnection connection);
  bool HasHungUp(const OfferedConnection& connection) const;
  void OnHangUp(uint64_t id);
  void AwaitExpiry();
  void OnExpiry();
  void Dispatch();
  void Serve(uint64_t id);
  void StartFor(OfferedConnection connection,
                std::shared_ptr<const Revision> revision);
  // Whether it is what it says, and may be given to a handler.
  absl::Status Check(const OfferedConnection& connection) const;
  void Reject(const OfferedConnection& connection,
              internal::v1::Reject::Reason reason, const std::string& detail);
  // The connection is not an instance's any more.
  void Detach(uint64_t id);

  // Spares.
  void KeepSpares();
  void KeepSparesSoon();
  void StartSpare(const std::string& function);
  bool KeepPool(const std::string& function, SparePool& pool);
  void OnSpareTime();

  void OnStateChange(Instance* instance, v1::Instance::State from) override;
  void OnSpareChange(Instance* instance);
  void OnFailure(Instance* instance, OfferedConnection connection,
                 const Instance::Failure& failure) override;
  void OnGone(Instance* instance) override;

  const FunctionSettings& SettingsOf(const Revision& revision);
  std::string FreeId(uint64_t number) const;

  const Options options_;
  InstanceEnvironment& environment_;
  event::EventLoop& loop_;
  RevisionTable& revisions_;
  std::unique_ptr<HandoffServer> handoff_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;  // by id
  // After the instances: their tasks use them.
  event::Worker cleaner_, creator_;
  Scheduler scheduler_;
  // Those of the scheduler that wait, and whose are active.
  absl::node_hash_map<uint64_t, Waiting> waiting_;
  absl::flat_hash_map<uint64_t, Instance*> active_;
  size_t starting_ = 0;  // for a connection
  absl::node_hash_map<std::string, FunctionSettings> settings_;
  // Where they listen, of the functions that the registry has.
  absl::flat_hash_map<std::string, Endpoint> endpoints_;
  Spares spares_;
  uint64_t next_spare_;
  StrayReaper reaper_;
  event::EventLoop::Token maintain_timer_ = 0, expiry_timer_ = 0,
                          spare_timer_ = 0, refill_timer_ = 0;
  absl::Time expiry_time_ = absl::InfiniteFuture();  // of expiry_timer_
  bool dispatching_ = false;
  bool stopping_ = false;
  std::function<void()> on_drained_;
};

// A connection gets so many containers, one after the other, before it is
// rejected, if those before could not serve it by no fault of the function's.
inline constexpr int kMaxStarts = 3;

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_RUNNER_H_
