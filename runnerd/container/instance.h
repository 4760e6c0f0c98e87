#ifndef FAAS_RUNNERD_CONTAINER_INSTANCE_H_
#define FAAS_RUNNERD_CONTAINER_INSTANCE_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "faas/internal/v1/handoff.pb.h"
#include "faas/v1/runner_service.pb.h"
#include "runnerd/admission/admission.h"
#include "runnerd/admission/offered_connection.h"
#include "runnerd/container/container.h"
#include "runnerd/container/container_environment.h"
#include "runnerd/container/posted_events.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// Dependencies that all instances share. Must outlive every Instance.
struct InstanceEnvironment {
  const ContainerEnvironment* container = nullptr;
  // Commits connections.
  Admission* admission = nullptr;
  // The time from the stop signal to SIGKILL.
  absl::Duration kill_grace;
};

// How long things may take in the instances of a function.
struct Deadlines {
  // From the start of the runtime to the handler's connect.
  absl::Duration start;
  // From the hand-over of the connection to the end of the container.
  absl::Duration request;
  // A warm instance that has waited for so long is replaced.
  absl::Duration warm_age;
};

// An Instance is one container for one connection. The connection is there
// from the start, or comes later: until then the instance is warm, which the
// API calls STATE_SPARE.
//
//   STARTING ─ handler connects, no connection ─▶ SPARE ── Assign ──┐
//     │  └───── handler connects: COMMIT, descriptor passed ──▶ SERVING
//     │                                               │             │
//     └─ start failed, timed out, handler ended ──▶ ENDING ◀─ exit ─┘
//
// Runs on the loop's thread.
class Instance : private Container::Observer {
 public:
  // Why a connection could not be served. No byte of it was sent.
  struct Failure {
    internal::v1::Reject::Reason reason;
    std::string detail;
    // The function is not to blame: another container may do better.
    bool retry = false;
  };

  // Gets the events of an instance in later turns of the loop, in order, and
  // never from within a call to the instance. Events that are left when the
  // instance is destroyed are dropped. An instance that was recovered has only
  // OnGone.
  class Owner {
   public:
    virtual ~Owner() = default;
    // The handler has connected: the instance serves a connection or is warm,
    // unless it has ended since.
    virtual void OnStarted(Instance* instance) = 0;
    // The connection belongs to the owner again, and the container ends.
    virtual void OnFailure(Instance* instance, OfferedConnection connection,
                           const Failure& failure) = 0;
    // The container ends. Comes once.
    virtual void OnEnding(Instance* instance) = 0;
    // Nothing is left. The owner destroys the instance.
    virtual void OnGone(Instance* instance) = 0;
  };

  // Returns the container's id for a number, such as a connection id: "faas-"
  // and 16 hexadecimal digits.
  static std::string IdFor(uint64_t number);

  // Starts a container for a connection. On error nothing is left but
  // `connection`, which stays with the caller.
  static absl::StatusOr<std::unique_ptr<Instance>> Start(
      const InstanceEnvironment* environment,
      std::shared_ptr<const Revision> revision, const std::string& id,
      const Deadlines& deadlines, OfferedConnection& connection, Owner* owner);

  // Starts, in the background, an instance that is to be warm.
  static std::unique_ptr<Instance> StartWarm(
      const InstanceEnvironment* environment,
      std::shared_ptr<const Revision> revision, const std::string& id,
      const Deadlines& deadlines, Owner* owner);

  // Takes over what a previous run of runnerd has left under this id. A
  // container that serves a connection goes on, within a full
  // `deadlines.request`; anything else is killed.
  static std::unique_ptr<Instance> Recover(
      const InstanceEnvironment* environment, const std::string& id,
      const Deadlines& deadlines, Owner* owner);

  ~Instance() override;

  // Gives a connection to an instance that IsFree.
  void Assign(OfferedConnection connection);

  // Kills the container, whatever it does. A connection that was not committed
  // is closed, and there is no OnFailure for it.
  void Kill();

  // Forgets which connection it had, because another instance gets it.
  void ForgetConnection() { ticket_ = 0, channel_ = 0; }

  const std::string& id() const { return container_.id(); }
  v1::Instance::State state() const { return state_; }
  const Revision* revision() const { return revision_.get(); }
  // Returns whether it has no connection and can get one.
  bool IsFree() const;
  // Returns whether it starts and a connection waits for that.
  bool IsStartingForConnection() const;
  // The ticket of the connection that it has or had; 0 if there was none.
  uint64_t ticket() const { return ticket_; }
  // The channel of a connection that was not committed; 0 if there is none.
  HandoffServer::Channel channel() const { return channel_; }
  // Returns whether it was warm until it had reached its age.
  bool retired() const { return retired_; }
  // The time from the start until the handler has connected.
  absl::Duration creation_time() const { return creation_time_; }
  std::vector<pid_t> children() const { return container_.children(); }
  v1::Instance Describe() const;

 private:
  struct Failed {
    OfferedConnection connection;
    Failure failure;
  };

  Instance(const InstanceEnvironment* environment,
           std::shared_ptr<const Revision> revision, const std::string& id,
           const Deadlines& deadlines, Owner* owner);

  void OnHandlerConnected(base::UniqueFd control) override;
  void OnRuntimeOverdue() override;
  void OnEnded(const Ending& ending) override;
  void OnGone() override;

  void BecomeWarm();
  void Deliver();
  bool HandlerIsThere() const;
  void PassOn();
  void Fail(Failure failure);
  void OnStartTimeout();
  void OnWarmTimeout();
  void OnRequestTimeout();
  void SetState(v1::Instance::State state);
  void SetTimer(absl::Duration delay, void (Instance::*method)());

  const InstanceEnvironment& environment_;
  event::EventLoop& loop_;
  Owner* const owner_;
  const absl::Time start_time_;  // by the wall clock, for people
  const absl::Time started_;     // by EventLoop::Now
  const std::shared_ptr<const Revision> revision_;  // null if recovered
  const Deadlines deadlines_;
  v1::Instance::State state_ = v1::Instance::STATE_STARTING;
  absl::optional<OfferedConnection> connection_;  // until it is passed on
  absl::optional<Failed> failed_;                 // until OnFailure
  uint64_t ticket_ = 0;
  HandoffServer::Channel channel_ = 0;
  std::string peer_;
  absl::Duration creation_time_;
  bool retired_ = false;
  base::UniqueFd control_;  // of a handler that has no connection yet
  event::EventLoop::Token timer_ = 0, control_watch_ = 0;
  const PostedEvents events_;
  Container container_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_INSTANCE_H_
