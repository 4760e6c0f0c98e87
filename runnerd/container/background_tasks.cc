#include "runnerd/container/background_tasks.h"

#include <utility>

namespace faas::runnerd {

BackgroundTasks::~BackgroundTasks() {
  absl::MutexLock lock(&running_->mutex);
  running_->mutex.Await(absl::Condition(
      +[](int* count) { return *count == 0; }, &running_->count));
}

void BackgroundTasks::Run(event::Worker* worker, std::function<void()> task) {
  {
    absl::MutexLock lock(&running_->mutex);
    ++running_->count;
  }
  worker->Run([running = running_, task = std::move(task)] {
    task();
    absl::MutexLock lock(&running->mutex);
    --running->count;
  });
}

}  // namespace faas::runnerd
