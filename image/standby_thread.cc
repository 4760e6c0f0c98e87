#include "image/standby_thread.h"

#include <utility>

namespace faas::image {

Worker::~Worker() {
  Wait();
  {
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  thread_.join();
}

void Worker::Start(std::function<void()> task) {
  const absl::MutexLock lock(&mutex_);
  task_ = std::move(task);
}

void Worker::Wait() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &Worker::IsIdle));
}

void Worker::Run() {
  while (true) {
    std::function<void()> task;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Worker::HasNews));
      if (task_ == nullptr) return;
      task = task_;
    }
    task();
    const absl::MutexLock lock(&mutex_);
    task_ = nullptr;
  }
}

}  // namespace faas::image
