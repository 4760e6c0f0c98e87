#include "runnerd/state_applier.h"

#include <utility>

namespace faas::runnerd {

StateApplier::StateApplier(event::EventLoop* loop, Callbacks callbacks,
                           absl::Duration retry_interval)
    : loop_(*loop),
      callbacks_(std::move(callbacks)),
      retry_interval_(retry_interval) {}

StateApplier::~StateApplier() { Stop(); }

void StateApplier::Set(std::shared_ptr<const function::FunctionState> state) {
  if (stopped_) return;
  newest_ = std::move(state);
  Apply();
}

void StateApplier::Stop() {
  stopped_ = true;
  loop_.CancelTimer(retry_timer_);
}

void StateApplier::Apply() {
  loop_.CancelTimer(retry_timer_);
  const absl::Status status = callbacks_.apply(*newest_);
  callbacks_.on_applied(newest_->generation);
  if (status.ok()) return;
  retry_timer_ = loop_.After(retry_interval_, [this] { Apply(); });
}

}  // namespace faas::runnerd
