#ifndef FAAS_COMMON_EVENT_WORKER_H_
#define FAAS_COMMON_EVENT_WORKER_H_

#include <deque>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace faas::event {

// A Worker is a thread beside an event loop, for tasks that would hold up the
// loop's other work. It runs them one after the other, in the order in which
// they were given. A task passes its result to the loop with EventLoop::Post.
// Thread-safe.
class Worker {
 public:
  Worker() : thread_([this] { RunTasks(); }) {}
  // Runs all tasks that were given, then ends the thread.
  ~Worker();

  void Run(std::function<void()> task) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  void RunTasks() ABSL_LOCKS_EXCLUDED(mutex_);
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !tasks_.empty();
  }

  absl::Mutex mutex_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // the last field, because the thread uses the others
};

}  // namespace faas::event

#endif  // FAAS_COMMON_EVENT_WORKER_H_
