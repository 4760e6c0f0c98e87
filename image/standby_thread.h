#ifndef FAAS_IMAGE_STANDBY_THREAD_H_
#define FAAS_IMAGE_STANDBY_THREAD_H_

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace faas::image {

// A StandbyThread runs one task after another. The thread exists from the
// beginning, for a process that may not make threads later. One thread at a
// time may call it.
class StandbyThread {
 public:
  StandbyThread() : thread_([this] { Run(); }) {}
  // Waits until the task, if any, is done.
  ~StandbyThread();
  StandbyThread(const StandbyThread&) = delete;
  StandbyThread& operator=(const StandbyThread&) = delete;

  // Begins `task`. May only be called when there is no task: before the first
  // one, or after Wait().
  void Start(std::function<void()> task);
  // Returns when the task, if any, is done.
  void Wait();

 private:
  void Run();
  bool HasNews() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return ended_ || task_ != nullptr;
  }
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return task_ == nullptr;
  }

  absl::Mutex mutex_;
  std::function<void()> task_ ABSL_GUARDED_BY(mutex_);
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace faas::image

#endif  // FAAS_IMAGE_STANDBY_THREAD_H_
