#include "gatewayd/silent_connections.h"

#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log/log.h"
#include "gatewayd/client_state.h"

namespace faas::gatewayd {

SilentConnections::SilentConnections(event::EventLoop* loop, Options options,
                                     OnFirstByte on_first_byte)
    : loop_(loop),
      options_(options),
      on_first_byte_(std::move(on_first_byte)) {}

SilentConnections::~SilentConnections() {
  Close();
  loop_->CancelTimer(timer_);
}

void SilentConnections::Add(Accepted accepted, const std::string& function) {
  const ClientState state = PeekClient(accepted.fd.get());
  if (state == ClientState::kSpoke) {
    on_first_byte_(std::move(accepted), function);
    return;
  }
  if (state != ClientState::kSilent) return;
  const uint64_t id = next_id_++;
  // The end of the stream makes the socket readable too.
  const auto watch = loop_->Watch(accepted.fd.get(), EPOLLIN,
                                  [this, id](uint32_t) { OnReadable(id); });
  if (!watch.ok()) {
    // epoll is out of memory, or its user has no more watches.
    log::Line("server",
              absl::StrCat("cannot wait for the first byte to ", function,
                           ", closed: ", watch.status().message()));
    return;
  }
  silent_.emplace(id, Silent{std::move(accepted), function, *watch,
                             event::EventLoop::Now()});
  if (silent_.size() > options_.max_silent) Take(silent_.begin());
  if (timer_ == 0) CloseOverdue();
}

void SilentConnections::OnReadable(uint64_t id) {
  const auto it = silent_.find(id);
  const ClientState state = PeekClient(it->second.accepted.fd.get());
  if (state == ClientState::kSilent) return;
  Silent silent = Take(it);
  if (state != ClientState::kSpoke) return;
  on_first_byte_(std::move(silent.accepted), silent.function);
}

// All connections have the same timeout, so the oldest is the next to go.
void SilentConnections::CloseOverdue() {
  timer_ = 0;
  const absl::Time now = event::EventLoop::Now();
  while (!silent_.empty()) {
    const absl::Duration left =
        silent_.begin()->second.since + options_.first_byte_timeout - now;
    if (left > absl::ZeroDuration()) {
      timer_ = loop_->After(left, [this] { CloseOverdue(); });
      return;
    }
    Take(silent_.begin());
  }
}

SilentConnections::Silent SilentConnections::Take(Entries::iterator it) {
  Silent silent = std::move(it->second);
  loop_->Unwatch(silent.watch);
  silent_.erase(it);
  return silent;
}

void SilentConnections::Close() {
  while (!silent_.empty()) Take(silent_.begin());
}

}  // namespace faas::gatewayd
