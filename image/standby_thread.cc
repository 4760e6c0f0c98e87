#include "image/standby_thread.h"

#include <utility>

namespace faas::image {

StandbyThread::~StandbyThread() {
  Wait();
  {
    const absl::MutexLock lock(&mutex_);
    ended_ = true;
  }
  thread_.join();
}

void StandbyThread::Start(std::function<void()> task) {
  const absl::MutexLock lock(&mutex_);
  task_ = std::move(task);
}

void StandbyThread::Wait() {
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(this, &StandbyThread::IsIdle));
}

void StandbyThread::Run() {
  while (true) {
    std::function<void()> task;
    {
      const absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &StandbyThread::HasNews));
      if (task_ == nullptr) return;
      task = task_;
    }
    task();
    const absl::MutexLock lock(&mutex_);
    task_ = nullptr;
  }
}

}  // namespace faas::image
