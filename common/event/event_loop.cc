#include "common/event/event_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/log/log.h"

namespace faas::event {
namespace {

constexpr EventLoop::Token kWakeup = 0;
constexpr int kEventsPerWait = 128;

}  // namespace

absl::Time EventLoop::Now() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return absl::TimeFromTimespec(now);
}

absl::StatusOr<std::unique_ptr<EventLoop>> EventLoop::Create() {
  base::UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return base::ErrnoStatus("epoll_create1");
  base::UniqueFd wakeup(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup.valid()) return base::ErrnoStatus("eventfd");
  epoll_event event = {.events = EPOLLIN, .data = {.u64 = kWakeup}};
  if (epoll_ctl(epoll.get(), EPOLL_CTL_ADD, wakeup.get(), &event) != 0) {
    return base::ErrnoStatus("epoll_ctl");
  }
  return std::unique_ptr<EventLoop>(
      new EventLoop(std::move(epoll), std::move(wakeup)));
}

absl::StatusOr<EventLoop::Token> EventLoop::Watch(int fd, uint32_t events,
                                                  Callback callback) {
  const Token token = next_token_++;
  epoll_event event = {.events = events, .data = {.u64 = token}};
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return base::ErrnoStatus("epoll_ctl");
  }
  watched_[token] = {fd, std::make_shared<Callback>(std::move(callback))};
  return token;
}

void EventLoop::Unwatch(Token token) {
  const auto it = watched_.find(token);
  if (it == watched_.end()) return;
  epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, it->second.fd, nullptr);
  watched_.erase(it);
}

EventLoop::Token EventLoop::After(absl::Duration delay,
                                  std::function<void()> callback) {
  const Token token = next_token_++;
  const absl::Time time = Now() + delay;
  timers_.emplace(std::make_pair(time, token), std::move(callback));
  timer_times_[token] = time;
  return token;
}

void EventLoop::CancelTimer(Token token) {
  const auto it = timer_times_.find(token);
  if (it == timer_times_.end()) return;
  timers_.erase({it->second, token});
  timer_times_.erase(it);
}

void EventLoop::Post(std::function<void()> task) {
  {
    absl::MutexLock lock(&mutex_);
    if (stopped_) return;
    posted_.push_back(std::move(task));
    if (posted_.size() > 1) return;  // the loop has been woken already
  }
  const uint64_t one = 1;
  // This can fail only by overflow, and then the descriptor is readable anyway.
  [[maybe_unused]] const ssize_t n = write(wakeup_.get(), &one, sizeof(one));
}

void EventLoop::RunPosted() {
  uint64_t count;
  [[maybe_unused]] const ssize_t n = read(wakeup_.get(), &count, sizeof(count));
  std::vector<std::function<void()>> tasks;
  {
    absl::MutexLock lock(&mutex_);
    tasks.swap(posted_);
  }
  for (auto& task : tasks) {
    if (stopping_) return;
    task();
    task = nullptr;  // destroys what the task holds before the next one runs
  }
}

void EventLoop::RunTimers() {
  const absl::Time now = Now();
  while (!stopping_ && !timers_.empty() &&
         timers_.begin()->first.first <= now) {
    const auto node = timers_.extract(timers_.begin());
    timer_times_.erase(node.key().second);
    node.mapped()();
  }
}

absl::Duration EventLoop::UntilNextTimer() const {
  if (timers_.empty()) return absl::InfiniteDuration();
  return std::max(timers_.begin()->first.first - Now(), absl::ZeroDuration());
}

void EventLoop::DropPosted() {
  std::vector<std::function<void()>> dropped;
  absl::MutexLock lock(&mutex_);
  stopped_ = true;
  dropped.swap(posted_);
}

void EventLoop::RunOnce() {
  epoll_event events[kEventsPerWait];
  const absl::Duration wait = UntilNextTimer();
  const timespec timeout = absl::ToTimespec(wait);
  const int n = epoll_pwait2(
      epoll_.get(), events, kEventsPerWait,
      wait == absl::InfiniteDuration() ? nullptr : &timeout, nullptr);
  const log::Batch batch;
  for (int i = 0; i < n && !stopping_; ++i) {
    if (events[i].data.u64 == kWakeup) {
      RunPosted();
      continue;
    }
    const auto it = watched_.find(events[i].data.u64);
    if (it == watched_.end()) continue;  // unwatched by an earlier callback
    // Held here so that a callback may unwatch itself.
    const std::shared_ptr<Callback> callback = it->second.callback;
    (*callback)(events[i].events);
  }
  RunTimers();
}

void EventLoop::Run() {
  while (!stopping_) RunOnce();
  DropPosted();
}

void EventLoop::Stop() {
  Post([this] { stopping_ = true; });
}

}  // namespace faas::event
