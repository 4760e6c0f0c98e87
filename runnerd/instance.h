#ifndef FAAS_RUNNERD_INSTANCE_H_
#define FAAS_RUNNERD_INSTANCE_H_

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "common/event/worker.h"
#include "common/process/child.h"
#include "faas/v1/handoff.pb.h"
#include "faas/v1/runner_service.pb.h"
#include "runnerd/bundle.h"
#include "runnerd/cgroups.h"
#include "runnerd/handoff_server.h"
#include "runnerd/output_capture.h"
#include "runnerd/revision.h"
#include "runnerd/runtime.h"

namespace faas::runnerd {

// What all instances share; outlives them.
struct InstanceEnvironment {
  event::EventLoop* loop = nullptr;
  // Removes what containers have left: a cgroup's removal waits for the
  // kernel, and would keep the loop from connections that wait. Set before the
  // first turn of the loop; all its tasks are done before an instance goes
  // without its OnEnd.
  event::Worker* cleaner = nullptr;
  const Runtime* runtime = nullptr;
  const Cgroups* cgroups = nullptr;
  // Set before the first offer.
  HandoffServer* handoff = nullptr;
  std::string bundles;
  // From the start of the runtime to the handler's connect.
  absl::Duration start_timeout;
  // From the hand-over of the connection to the end of the container.
  absl::Duration request_timeout;
  // From the stop signal to SIGKILL.
  absl::Duration kill_grace;
  size_t output_limit_bytes = 0;
  base::UniqueFd dev_null;
};

// One container for one connection, from the offer to the last trace of it.
//
//   kStarting ── handler connects: COMMIT, descriptor passed ──▶ kServing
//       │                                                           │
//       └── start failed, timed out, handler ended: REJECT ──▶ kEnding ◀── exit
//
// Runs on the loop's thread.
class Instance {
 public:
  // Called when nothing is left; the receiver destroys the instance.
  using OnEnd = std::function<void(Instance*)>;

  // The container's id for a connection: "faas-" and 16 hexadecimal digits.
  static std::string IdFor(uint64_t connection_id);

  // Starts a container for an offered connection. On error nothing is left,
  // and the offer is still to be answered.
  static absl::StatusOr<std::unique_ptr<Instance>> Start(
      const InstanceEnvironment* environment,
      std::shared_ptr<const Revision> revision, HandoffServer::Channel channel,
      const v1::Offer& offer, base::UniqueFd client, OnEnd on_end);

  // Takes over what an earlier life has left under this id: a container that
  // serves somebody goes on, within a full request timeout; anything else is
  // killed. Either way it ends like the others.
  static std::unique_ptr<Instance> Recover(
      const InstanceEnvironment* environment, const std::string& id,
      OnEnd on_end);

  ~Instance();

  // The channel of an uncommitted offer has ended: the connection is
  // gatewayd's, the container has no purpose.
  void Abort();
  // Kills the container, whatever it does.
  void Kill();

  const std::string& id() const { return id_; }
  HandoffServer::Channel channel() const { return channel_; }
  bool starting() const { return state_ == v1::Instance::STATE_STARTING; }
  // The processes that are ours to reap.
  std::vector<pid_t> children() const;
  v1::Instance Describe() const;

 private:
  Instance(const InstanceEnvironment* environment, std::string id,
           OnEnd on_end);

  absl::Status StartRuntime();
  void OnRuntimeExit();
  absl::Status FollowProcess();
  void OnProcessExit();
  void OnControlConnect();
  void Deliver();
  std::string ControlLine() const;
  void OnStartTimeout();
  void OnRequestTimeout();
  void Fail(v1::Reject::Reason reason, const std::string& detail);
  void EnterEnding();
  void AwaitOutput();
  void CleanUp();
  void OnCleanedUp(const absl::Status& status);
  void LogOutput() const;
  std::string LastErrorLine() const;
  void SetTimer(absl::Duration delay, void (Instance::*method)());

  const InstanceEnvironment& environment_;
  const std::string id_;
  const OnEnd on_end_;
  const absl::Time start_time_;  // by the wall clock, for people
  const absl::Time started_;     // EventLoop::Now
  std::shared_ptr<const Revision> revision_;
  HandoffServer::Channel channel_ = 0;
  v1::Offer offer_;
  v1::Instance::State state_ = v1::Instance::STATE_STARTING;
  // The offer was committed, rejected, or is gatewayd's again.
  bool answered_ = false;

  base::UniqueFd client_;
  std::unique_ptr<Bundle> bundle_;
  std::unique_ptr<OutputCapture> stdout_, stderr_;
  base::UniqueFd control_;
  process::Child runtime_;
  process::Child process_;
  event::EventLoop::Token runtime_watch_ = 0, process_watch_ = 0,
                          control_watch_ = 0, timer_ = 0;
  bool cleaning_ = false;  // the cleaner has us: only it touches bundle_
  int cleanup_tries_ = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_INSTANCE_H_
