#ifndef FAAS_RUNNERD_CONTAINER_MEMORY_WATCH_H_
#define FAAS_RUNNERD_CONTAINER_MEMORY_WATCH_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"
#include "runnerd/container/background_tasks.h"
#include "runnerd/container/container_environment.h"
#include "runnerd/container/posted_events.h"

namespace faas::runnerd {

// A MemoryWatch waits until the kernel finds a container out of memory. Does
// nothing where cgroup v2 has the memory controller: there the kernel kills
// the whole container by itself. Runs on the loop's thread.
class MemoryWatch {
 public:
  // `environment` must outlive this object. `on_out_of_memory` is called once,
  // from a callback of the loop.
  MemoryWatch(const ContainerEnvironment* environment, std::string id,
              std::function<void()> on_out_of_memory)
      : environment_(*environment),
        id_(std::move(id)),
        on_out_of_memory_(std::move(on_out_of_memory)),
        events_(environment->loop) {}
  ~MemoryWatch() { Stop(); }

  // Begins to wait; the cleaner's thread sets it up. A failure is only logged.
  void Start();
  // Ends the wait for good: the kernel reports the removal of a cgroup, too.
  void Stop();

 private:
  void OnSetUp(absl::StatusOr<base::UniqueFd> event);
  absl::Status Follow(base::UniqueFd event);

  const ContainerEnvironment& environment_;
  const std::string id_;
  const std::function<void()> on_out_of_memory_;
  bool stopped_ = false;
  base::UniqueFd event_;
  event::EventLoop::Token watch_ = 0;
  const PostedEvents events_;
  BackgroundTasks tasks_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_MEMORY_WATCH_H_
