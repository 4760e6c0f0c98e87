#ifndef FAAS_RUNNERD_CONTAINER_BACKGROUND_TASKS_H_
#define FAAS_RUNNERD_CONTAINER_BACKGROUND_TASKS_H_

#include <functional>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/event/worker.h"

namespace faas::runnerd {

// A BackgroundTasks runs tasks of the object that it is a member of on other
// threads. Its destructor waits for them, so that a task may use the object;
// therefore it must be the last member.
class BackgroundTasks {
 public:
  BackgroundTasks() = default;
  BackgroundTasks(const BackgroundTasks&) = delete;
  BackgroundTasks& operator=(const BackgroundTasks&) = delete;
  ~BackgroundTasks();

  // Runs `task` on the worker's thread. One thread calls this.
  void Run(event::Worker* worker, std::function<void()> task);

 private:
  struct Running {
    absl::Mutex mutex;
    int count ABSL_GUARDED_BY(mutex) = 0;
  };

  // Shared with the tasks: the last one still unlocks the mutex when the
  // destructor goes on.
  const std::shared_ptr<Running> running_ = std::make_shared<Running>();
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_BACKGROUND_TASKS_H_
