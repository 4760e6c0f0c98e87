#ifndef FAAS_COMMON_EVENT_EVENT_LOOP_H_
#define FAAS_COMMON_EVENT_EVENT_LOOP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"

namespace faas::event {

// An EventLoop calls callbacks for descriptors and timers on one thread, by
// epoll. A daemon's data path runs on one. Whatever is used only in callbacks
// needs no lock.
//
// Post, Call and Stop may be called on any thread. The other methods belong to
// the thread that is in Run or, before Run, to the one that sets things up.
class EventLoop {
 public:
  // A Token names a watched descriptor or a timer. It is never used twice, so
  // that an event of a descriptor that was closed meanwhile reaches nobody.
  using Token = uint64_t;
  // A Callback gets the epoll events (EPOLLIN, EPOLLHUP, ...).
  using Callback = std::function<void(uint32_t events)>;

  static absl::StatusOr<std::unique_ptr<EventLoop>> Create();

  // Returns the time on a clock that only moves forward, for ages and
  // deadlines, because the wall clock may jump. Its zero has no meaning.
  static absl::Time Now();

  // Calls `callback` whenever `fd` has one of `events` (level-triggered).
  // Borrows `fd`. Call Unwatch before `fd` is closed, because the kernel's
  // registration belongs to the open file, which another process may share.
  absl::StatusOr<Token> Watch(int fd, uint32_t events, Callback callback);
  void Unwatch(Token token);

  // Calls `callback` once, `delay` from now.
  Token After(absl::Duration delay, std::function<void()> callback);
  // Does nothing if the timer has fired or was cancelled.
  void CancelTimer(Token token);

  // Runs `task` on the loop's thread soon. May be called on any thread. Tasks
  // that are posted after the loop has stopped are dropped.
  void Post(std::function<void()> task) ABSL_LOCKS_EXCLUDED(mutex_);

  // Runs `task` on the loop's thread and waits for its result. May be called on
  // any other thread. Returns CANCELLED if the loop has stopped.
  template <typename T>
  absl::StatusOr<T> Call(std::function<absl::StatusOr<T>()> task);

  // Dispatches events until Stop is called.
  void Run();
  // Waits for events and dispatches them once: one turn of Run.
  void RunOnce();
  void Stop();

 private:
  struct Watched {
    int fd;
    std::shared_ptr<Callback> callback;
  };

  EventLoop(base::UniqueFd epoll, base::UniqueFd wakeup)
      : epoll_(std::move(epoll)), wakeup_(std::move(wakeup)) {}
  void RunPosted() ABSL_LOCKS_EXCLUDED(mutex_);
  void RunTimers();
  absl::Duration UntilNextTimer() const;
  void DropPosted() ABSL_LOCKS_EXCLUDED(mutex_);

  const base::UniqueFd epoll_;
  const base::UniqueFd wakeup_;  // eventfd
  Token next_token_ = 1;         // 0 is the token of `wakeup_`
  absl::flat_hash_map<Token, Watched> watched_;
  std::map<std::pair<absl::Time, Token>, std::function<void()>> timers_;
  absl::flat_hash_map<Token, absl::Time> timer_times_;
  bool stopping_ = false;

  absl::Mutex mutex_;
  std::vector<std::function<void()>> posted_ ABSL_GUARDED_BY(mutex_);
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

template <typename T>
absl::StatusOr<T> EventLoop::Call(std::function<absl::StatusOr<T>()> task) {
  // The task and this call share `rendezvous`. When the loop drops the task,
  // the deleter of `finish` wakes this call.
  struct Rendezvous {
    absl::Mutex mutex;
    bool done = false;
    absl::StatusOr<T> result = absl::CancelledError("the daemon is stopping");
  };
  auto rendezvous = std::make_shared<Rendezvous>();
  auto finish = std::shared_ptr<void>(nullptr, [rendezvous](void*) {
    absl::MutexLock lock(&rendezvous->mutex);
    rendezvous->done = true;
  });
  Post([rendezvous, task = std::move(task), finish = std::move(finish)] {
    absl::StatusOr<T> result = task();
    absl::MutexLock lock(&rendezvous->mutex);
    rendezvous->result = std::move(result);
  });
  absl::MutexLock lock(&rendezvous->mutex);
  rendezvous->mutex.Await(absl::Condition(&rendezvous->done));
  return std::move(rendezvous->result);
}

}  // namespace faas::event

#endif  // FAAS_COMMON_EVENT_EVENT_LOOP_H_
