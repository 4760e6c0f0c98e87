#ifndef FAAS_RUNNERD_CONTAINER_INSTANCE_H_
#define FAAS_RUNNERD_CONTAINER_INSTANCE_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "faas/internal/v1/handoff.pb.h"
#include "faas/v1/runner_service.pb.h"
#include "runnerd/admission/offered_connection.h"
#include "runnerd/container/container.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// What all instances share; outlives them.
struct InstanceEnvironment {
  ContainerEnvironment container;
  // Set before the first offer.
  HandoffServer* handoff = nullptr;
  // From the stop signal to SIGKILL.
  absl::Duration kill_grace;
};

// How long things may take in a function's instances.
struct Deadlines {
  // From the start of the runtime to the handler's connect.
  absl::Duration start;
  // From the hand-over of the connection to the end of the container.
  absl::Duration request;
  // From then on a spare is replaced.
  absl::Duration spare_age;
};

// One container for one connection, which is there from the start or comes
// later.
//
//   kStarting ─ handler connects, no connection ─▶ kSpare ── Assign ──┐
//     │  └───── handler connects: COMMIT, descriptor passed ──▶ kServing
//     │                                               │               │
//     └─ start failed, timed out, handler ended ──▶ kEnding ◀── exit ─┘
//
// Runs on the loop's thread.
class Instance : private Container::Observer {
 public:
  // Why a connection could not be served. No byte was sent.
  struct Failure {
    internal::v1::Reject::Reason reason;
    std::string detail;
    // It was no fault of the function's: another container may do better.
    bool retry = false;
  };

  class Owner {
   public:
    virtual ~Owner() = default;
    // From `from` to instance->state(). Not for those that were recovered.
    virtual void OnStateChange(Instance* instance,
                               v1::Instance::State from) = 0;
    // The connection is the owner's again, and the container ends.
    virtual void OnFailure(Instance* instance, OfferedConnection connection,
                           const Failure& failure) = 0;
    // Nothing is left; the owner destroys the instance.
    virtual void OnGone(Instance* instance) = 0;
  };

  // The container's id for a connection: "faas-" and 16 hexadecimal digits.
  static std::string IdFor(uint64_t connection_id);

  // Starts a container for a connection. On error nothing is left but
  // `connection`, which stays with the caller.
  static absl::StatusOr<std::unique_ptr<Instance>> Start(
      const InstanceEnvironment* environment,
      std::shared_ptr<const Revision> revision, const std::string& id,
      const Deadlines& deadlines, OfferedConnection& connection, Owner* owner);

  // Starts one that is to be a spare.
  static std::unique_ptr<Instance> StartSpare(
      const InstanceEnvironment* environment,
      std::shared_ptr<const Revision> revision, const std::string& id,
      const Deadlines& deadlines, Owner* owner);

  // Takes over what an earlier life has left under this id: a container that
  // serves somebody goes on, within a full `deadlines.request`; anything else
  // is killed. Either way it ends like the others.
  static std::unique_ptr<Instance> Recover(
      const InstanceEnvironment* environment, const std::string& id,
      const Deadlines& deadlines, Owner* owner);

  ~Instance() override;

  // Gives a connection to one that has none and is starting or a spare.
  void Assign(OfferedConnection connection);

  // Kills the container, whatever it does. What was offered to it and not
  // committed is closed, and nobody is told.
  void Kill();

  const std::string& id() const { return container_.id(); }
  v1::Instance::State state() const { return state_; }
  const Revision* revision() const { return revision_.get(); }
  // Of the connection that it has or had; nothing if there never was one.
  absl::optional<uint64_t> connection_id() const { return connection_id_; }
  // Of a connection that it has not passed on; 0 if there is none.
  HandoffServer::Channel channel() const {
    return connection_.has_value() ? connection_->channel : 0;
  }
  // Whether it was a spare until its age had come.
  bool retired() const { return retired_; }
  // From the start until the handler has connected.
  absl::Duration creation_time() const { return creation_time_; }
  std::vector<pid_t> children() const { return container_.children(); }
  v1::Instance Describe() const;

 private:
  Instance(const InstanceEnvironment* environment,
           std::shared_ptr<const Revision> revision, const std::string& id,
           const Deadlines& deadlines, Owner* owner);

  void OnHandlerConnected(base::UniqueFd control) override;
  void OnRuntimeOverdue() override;
  void OnEnded(const Ending& ending) override;
  void OnGone() override;

  void BecomeSpare();
  void Deliver();
  bool HandlerIsThere() const;
  void Fail(Failure failure);
  void OnStartTimeout();
  void OnSpareTimeout();
  void OnRequestTimeout();
  void SetState(v1::Instance::State state);
  void SetTimer(absl::Duration delay, void (Instance::*method)());

  const InstanceEnvironment& environment_;
  Owner* const owner_;
  const absl::Time start_time_;  // by the wall clock, for people
  const absl::Time started_;     // EventLoop::Now
  const std::shared_ptr<const Revision> revision_;  // null if recovered
  const Deadlines deadlines_;
  Container container_;
  v1::Instance::State state_ = v1::Instance::STATE_STARTING;
  absl::optional<OfferedConnection> connection_;  // not passed on yet
  absl::optional<uint64_t> connection_id_;
  std::string peer_;
  absl::Duration creation_time_;
  bool retired_ = false;
  base::UniqueFd control_;
  event::EventLoop::Token timer_ = 0, control_watch_ = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_INSTANCE_H_
