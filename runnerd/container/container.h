#ifndef FAAS_RUNNERD_CONTAINER_CONTAINER_H_
#define FAAS_RUNNERD_CONTAINER_CONTAINER_H_

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "common/process/child.h"
#include "runnerd/container/background_tasks.h"
#include "runnerd/container/bundle.h"
#include "runnerd/container/container_environment.h"
#include "runnerd/container/container_output.h"
#include "runnerd/container/container_state.h"
#include "runnerd/container/handler_acceptor.h"
#include "runnerd/container/memory_watch.h"
#include "runnerd/container/posted_events.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// A Container is one container from its bundle to the last trace of it: the
// runtime that starts it, its main process, its output and its cgroups. It
// does not know what it is for; that is its observer's affair. Runs on the
// loop's thread.
class Container {
 public:
  // Gets the events of a container in later turns of the loop, in the order in
  // which they happened, and never from within a call to the container. Events
  // that are left when the container is destroyed are dropped.
  class Observer {
   public:
    virtual ~Observer() = default;
    // The handler has connected to /control.sock. Comes once at most.
    virtual void OnHandlerConnected(base::UniqueFd control) = 0;
    // The runtime has not finished within its time. Comes again and again
    // until the runtime has finished or the container is killed.
    virtual void OnRuntimeOverdue() = 0;
    // The container's process has ended, or never began. Comes once; then the
    // container removes what is left of it.
    struct Ending {
      bool ran = false;
      std::string detail;  // what the runtime or the handler said, for the log
    };
    virtual void OnEnded(const Ending& ending) = 0;
    // Nothing is left. The observer may destroy the container.
    virtual void OnGone() = 0;
  };

  // `environment` and `observer` must outlive the container.
  Container(const ContainerEnvironment* environment, std::string id,
            Observer* observer);
  // Waits for what other threads do with the container.
  ~Container();

  // Starts the runtime. On error nothing is left, and there are no events.
  absl::Status Start(const Revision& revision);
  // Does the same on the creator's thread, and with a scheduling priority that
  // yields to everything else, because nobody waits for the container. OnEnded
  // tells of errors.
  void StartInBackground(std::shared_ptr<const Revision> revision);
  // Schedules all processes of the container as usual from now on, because
  // somebody waits for it.
  void EndBackground();

  // Takes over what a previous run of runnerd has left under this id. Returns
  // whether its process serves a connection; if not, call Kill.
  bool Adopt();

  // Records that the container has a connection, so that a restarted runnerd
  // lets it go on.
  void MarkServing() { bundle_->RemoveControlSocket(); }

  void Signal(int signal) { static_cast<void>(process_.Signal(signal)); }
  // Kills all that is in the container, now or as soon as that is possible.
  void Kill();

  const std::string& id() const { return id_; }
  // Returns whether a process of the container exists.
  bool populated() const { return environment_.cgroups->Populated(id_); }
  // Returns the processes that this object will reap.
  std::vector<pid_t> children() const;

 private:
  using State = ContainerState::State;
  enum class Priority {
    kNormal,
    kBackground,
    // It was started in the background, and somebody has waited since.
    kRaised,
  };

  absl::Status CaptureOutput();
  absl::Status Spawn(const Revision& revision);
  absl::Status FollowRuntime();
  void OnSpawned(const absl::Status& spawned);
  void OnRuntimeExit();
  void OnRuntimeTimeout();
  void AwaitProcess();
  absl::Status FollowProcess(bool only_child);
  void OnProcessExit();
  void OnHandler(base::UniqueFd control);
  void RaiseThreads();
  void End(Observer::Ending ending);
  void AwaitOutput();
  void CleanUpSoon();
  void CleanUp();
  void OnCleanedUp(const absl::Status& status);
  void SetTimer(absl::Duration delay, void (Container::*method)());

  const ContainerEnvironment& environment_;
  const std::string id_;
  Observer* const observer_;

  ContainerState state_;
  Priority priority_ = Priority::kNormal;
  // Kill was called. A process that is found later is killed then.
  bool kill_requested_ = false;
  std::unique_ptr<Bundle> bundle_;
  std::unique_ptr<ContainerOutput> output_;
  process::Child runtime_;  // valid in kStarting
  process::Child process_;  // valid in kRunning
  event::EventLoop::Token runtime_watch_ = 0, process_watch_ = 0, timer_ = 0;
  int await_tries_ = 0, cleanup_tries_ = 0;
  base::UniqueFd control_;  // until OnHandlerConnected
  HandlerAcceptor handler_acceptor_;
  MemoryWatch memory_watch_;
  const PostedEvents events_;
  BackgroundTasks tasks_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_CONTAINER_H_
