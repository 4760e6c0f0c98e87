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
#include "common/event/worker.h"
#include "common/process/child.h"
#include "runnerd/container/bundle.h"
#include "runnerd/container/output_capture.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/host/runtime.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// What all containers share; outlives them.
struct ContainerEnvironment {
  event::EventLoop* loop = nullptr;
  // Removes what containers have left: a cgroup's removal waits for the
  // kernel, and would keep the loop from connections that wait. Set before the
  // first turn of the loop; all its tasks are done before a container goes
  // without its OnGone.
  event::Worker* cleaner = nullptr;
  // Starts those that nobody waits for; likewise.
  event::Worker* creator = nullptr;
  const Runtime* runtime = nullptr;
  const Cgroups* cgroups = nullptr;
  std::string bundles;
  // What the runtime may take until the container's process runs.
  absl::Duration runtime_timeout;
  size_t output_limit_bytes = 0;
};

// One container, from its bundle to the last trace of it: the runtime that
// starts it, its main process, its output, its cgroups. What it is for is the
// observer's affair. Runs on the loop's thread.
class Container {
 public:
  // Told of everything on the loop's thread, and never from within a call to
  // the container but for Kill, which may tell OnEnded.
  class Observer {
   public:
    virtual ~Observer() = default;
    // The handler has connected to /control.sock: once.
    virtual void OnHandlerConnected(base::UniqueFd control) = 0;
    // The runtime has not finished within its time. Again and again until it
    // has, or the container is killed.
    virtual void OnRuntimeOverdue() = 0;
    // Its process has ended, or never began. Once; then it cleans up.
    struct Ending {
      bool ran = false;
      std::string detail;  // of the runtime or of the handler, for the log
    };
    virtual void OnEnded(const Ending& ending) = 0;
    // Nothing is left. The observer may destroy the container.
    virtual void OnGone() = 0;
  };

  Container(const ContainerEnvironment* environment, std::string id,
            Observer* observer);
  ~Container();

  // Starts the runtime. On error nothing is left, and there is no OnEnded.
  absl::Status Start(const Revision& revision);
  // The same on the creator's thread, and with a scheduling priority that
  // yields to everything else: nobody waits for it. Errors are OnEnded's.
  void StartInBackground(std::shared_ptr<const Revision> revision);
  // Now somebody does: schedules all of its processes as usual.
  void EndBackground();

  // Takes over what an earlier life has left under this id. Whether its
  // process serves somebody; if not, call Kill.
  bool Adopt();

  // Says that it has a connection: a restarted runnerd lets it go on.
  void MarkServing() { bundle_->RemoveControlSocket(); }

  void Signal(int signal) { static_cast<void>(process_.Signal(signal)); }
  // Kills all that is in it.
  void Kill();

  const std::string& id() const { return id_; }
  // Whether a process of it is there.
  bool populated() const { return environment_.cgroups->Populated(id_); }
  // The processes that are ours to reap.
  std::vector<pid_t> children() const;

 private:
  absl::Status Prepare();
  absl::Status Spawn(const Revision& revision);
  absl::Status FollowRuntime();
  void OnSpawned(const absl::Status& spawned);
  void RaiseThreads();
  void OnRuntimeExit();
  void OnRuntimeTimeout();
  void AwaitProcess();
  // UNAVAILABLE if it is awaited and not our child yet.
  absl::Status FollowProcess();
  void OnProcessExit();
  void WatchControl();
  void OnControlReadable();
  bool IsHandler(int control) const;
  void WatchMemory();
  absl::Status FollowMemory(base::UniqueFd event);
  void OnOutOfMemory();
  void End(const Observer::Ending& ending);
  void AwaitOutput();
  void CleanUp();
  void OnCleanedUp(const absl::Status& status);
  void LogOutput() const;
  std::string LastErrorLine() const;
  void SetTimer(absl::Duration delay, void (Container::*method)());

  const ContainerEnvironment& environment_;
  const std::string id_;
  Observer* const observer_;

  std::unique_ptr<Bundle> bundle_;
  std::unique_ptr<OutputCapture> stdout_, stderr_;
  process::Child runtime_;
  process::Child process_;
  event::EventLoop::Token runtime_watch_ = 0, process_watch_ = 0,
                          control_watch_ = 0, control_timer_ = 0, timer_ = 0,
                          memory_watch_ = 0;
  base::UniqueFd memory_event_;  // where the kernel does not kill all
  bool spawning_ = false;        // the creator has us: bundle_, runtime_
  bool awaited_ = false;         // the runtime has ended, process_ is to come
  int await_tries_ = 0;
  bool in_background_ = false;  // was started so
  bool raised_ = false;         // and is not, or not to be, any more
  bool killed_ = false;
  bool ended_ = false;
  bool cleaning_ = false;  // the cleaner has us: only it touches bundle_
  int cleanup_tries_ = 0;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_CONTAINER_H_
