#include "gatewayd/connection_intake.h"

#include <utility>

#include "gatewayd/lingering_close.h"

namespace faas::gatewayd {
namespace {

constexpr absl::Duration kDrainCheckInterval = absl::Milliseconds(10);

}  // namespace

ConnectionIntake::ConnectionIntake(event::EventLoop* loop,
                                   SilentConnections::Options silent,
                                   Dispatcher* dispatcher)
    : loop_(loop),
      dispatcher_(dispatcher),
      silent_(loop, silent,
              [dispatcher](Accepted accepted, const std::string& function) {
                dispatcher->Add(std::move(accepted), function);
              }) {}

ConnectionIntake::~ConnectionIntake() { loop_->CancelTimer(drain_timer_); }

void ConnectionIntake::Add(Accepted accepted, const std::string& function) {
  if (accepted.protocol == Protocol::kHttp) {
    silent_.Add(std::move(accepted), function);
  } else {
    dispatcher_->Add(std::move(accepted), function);
  }
}

void ConnectionIntake::Drain(absl::Duration timeout,
                             std::function<void()> on_drained) {
  silent_.Close();
  drain_deadline_ = event::EventLoop::Now() + timeout;
  on_drained_ = std::move(on_drained);
  CheckDrained();
}

void ConnectionIntake::CheckDrained() {
  const absl::Time now = event::EventLoop::Now();
  if (now >= drain_deadline_) dispatcher_->Shutdown();
  if (dispatcher_->idle() || now >= drain_deadline_ + kLingerTime) {
    on_drained_();
    return;
  }
  drain_timer_ = loop_->After(kDrainCheckInterval, [this] { CheckDrained(); });
}

}  // namespace faas::gatewayd
