#include "runnerd/container/instance.h"

#include <google/protobuf/util/time_util.h>
#include <poll.h>
#include <signal.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

void LogInstance(absl::string_view text) { log::Line("request", text); }

}  // namespace

Instance::Instance(const InstanceEnvironment* environment,
                   std::shared_ptr<const Revision> revision,
                   const std::string& id, const Deadlines& deadlines,
                   Owner* owner)
    : environment_(*environment),
      loop_(*environment->container->loop),
      owner_(owner),
      start_time_(absl::Now()),
      started_(event::EventLoop::Now()),
      revision_(std::move(revision)),
      deadlines_(deadlines),
      events_(&loop_),
      container_(environment->container, id, this) {}

Instance::~Instance() {
  loop_.CancelTimer(timer_);
  loop_.Unwatch(control_watch_);
}

std::string Instance::IdFor(uint64_t number) {
  return absl::StrFormat("faas-%016x", number);
}

void Instance::SetTimer(absl::Duration delay, void (Instance::*method)()) {
  loop_.CancelTimer(timer_);
  timer_ = loop_.After(delay, [this, method] { (this->*method)(); });
}

void Instance::SetState(v1::Instance::State state) {
  const v1::Instance::State from = std::exchange(state_, state);
  if (revision_ == nullptr || from == state) return;
  if (state == v1::Instance::STATE_ENDING) {
    events_.Post([this] { owner_->OnEnding(this); });
  } else if (from == v1::Instance::STATE_STARTING) {
    events_.Post([this] { owner_->OnStarted(this); });
  }
}

absl::StatusOr<std::unique_ptr<Instance>> Instance::Start(
    const InstanceEnvironment* environment,
    std::shared_ptr<const Revision> revision, const std::string& id,
    const Deadlines& deadlines, OfferedConnection& connection, Owner* owner) {
  auto instance = std::unique_ptr<Instance>(
      new Instance(environment, std::move(revision), id, deadlines, owner));
  RETURN_IF_ERROR(instance->container_.Start(*instance->revision_));
  instance->Assign(std::move(connection));
  return instance;
}

std::unique_ptr<Instance> Instance::StartWarm(
    const InstanceEnvironment* environment,
    std::shared_ptr<const Revision> revision, const std::string& id,
    const Deadlines& deadlines, Owner* owner) {
  auto instance = std::unique_ptr<Instance>(
      new Instance(environment, std::move(revision), id, deadlines, owner));
  instance->container_.StartInBackground(instance->revision_);
  instance->SetTimer(deadlines.start, &Instance::OnStartTimeout);
  return instance;
}

std::unique_ptr<Instance> Instance::Recover(
    const InstanceEnvironment* environment, const std::string& id,
    const Deadlines& deadlines, Owner* owner) {
  auto instance = std::unique_ptr<Instance>(
      new Instance(environment, nullptr, id, deadlines, owner));
  if (instance->container_.Adopt()) {
    instance->state_ = v1::Instance::STATE_SERVING;
    instance->SetTimer(deadlines.request, &Instance::OnRequestTimeout);
    LogInstance(absl::StrCat("Container ", id, " goes on serving"));
  } else {
    LogInstance(absl::StrCat("Removing container ", id));
    instance->Kill();
  }
  return instance;
}

bool Instance::IsFree() const {
  return ticket_ == 0 && (state_ == v1::Instance::STATE_STARTING ||
                          state_ == v1::Instance::STATE_SPARE);
}

bool Instance::IsStartingForConnection() const {
  return state_ == v1::Instance::STATE_STARTING && ticket_ != 0;
}

void Instance::Assign(OfferedConnection connection) {
  ticket_ = connection.ticket;
  channel_ = connection.channel;
  peer_ = connection.offer.peer();
  connection_ = std::move(connection);
  if (state_ == v1::Instance::STATE_SPARE) {
    loop_.Unwatch(control_watch_);
    Deliver();
    return;
  }
  container_.EndBackground();
  const absl::Time now = event::EventLoop::Now();
  if (++connection_->starts == 1) {
    connection_->start_deadline = now + deadlines_.start;
  }
  SetTimer(connection_->start_deadline - now, &Instance::OnStartTimeout);
}

void Instance::OnHandlerConnected(base::UniqueFd control) {
  creation_time_ = event::EventLoop::Now() - started_;
  if (state_ != v1::Instance::STATE_STARTING) return;
  control_ = std::move(control);
  if (connection_.has_value()) {
    Deliver();
  } else {
    BecomeWarm();
  }
}

void Instance::BecomeWarm() {
  // The loop always tells of a hang-up: then the handler is of no use. What it
  // sends, or that it will not send anything, does not matter here.
  const auto watch = loop_.Watch(control_.get(), 0, [this](uint32_t) {
    LogInstance(absl::StrCat("Container ", id(), " left its control socket"));
    Kill();
  });
  if (!watch.ok()) {
    LogInstance(watch.status().message());
    Kill();
    return;
  }
  control_watch_ = *watch;
  SetTimer(deadlines_.warm_age, &Instance::OnWarmTimeout);
  SetState(v1::Instance::STATE_SPARE);
}

// A descriptor that nobody takes is lost once it is committed. This cannot be
// excluded, but an end of the handler that is known already is noticed.
bool Instance::HandlerIsThere() const {
  pollfd control = {.fd = control_.get(), .events = 0};
  return poll(&control, 1, 0) == 0;
}

// Sends COMMIT, then the descriptor: in between only the container can fail.
void Instance::Deliver() {
  if (!connection_.has_value()) return;
  if (!HandlerIsThere()) {
    Fail({internal::v1::Reject::REASON_HANDLER_EXITED,
          "it left its control socket", state_ == v1::Instance::STATE_SPARE});
    return;
  }
  const absl::Status committed = environment_.admission->Commit(*connection_);
  if (absl::IsResourceExhausted(committed)) {
    // gatewayd does not read; the deadline goes on.
    if (event::EventLoop::Now() - started_ > deadlines_.start &&
        state_ == v1::Instance::STATE_STARTING) {
      OnStartTimeout();
    } else {
      SetTimer(kChannelRetryInterval, &Instance::Deliver);
    }
  } else if (!committed.ok()) {
    Kill();  // the connection belongs to gatewayd again
  } else {
    PassOn();
  }
}

void Instance::PassOn() {
  const absl::Status sent = ipc::Send(
      control_.get(),
      revision_->control_line().For(connection_->offer.connection_id(), peer_,
                                    absl::Now() + deadlines_.request),
      connection_->fd.get());
  LogInstance(
      sent.ok()
          ? absl::StrCat("Sent FD ", connection_->fd.get(), " to container")
          : absl::StrCat("Container did not take the connection: ",
                         sent.message()));
  connection_.reset();
  channel_ = 0;
  control_.reset();
  container_.MarkServing();
  SetTimer(deadlines_.request, &Instance::OnRequestTimeout);
  SetState(v1::Instance::STATE_SERVING);
}

void Instance::OnStartTimeout() {
  const std::string time = absl::FormatDuration(deadlines_.start);
  LogInstance(absl::StrCat("Container ", id(),
                           " did not connect to its control socket within ",
                           time, "; killing it"));
  Fail({internal::v1::Reject::REASON_START_TIMEOUT,
        absl::StrCat("no connection to /control.sock within ", time)});
}

void Instance::OnRuntimeOverdue() {
  const std::string time =
      absl::FormatDuration(environment_.container->runtime_timeout);
  if (state_ == v1::Instance::STATE_STARTING) {
    LogInstance(absl::StrCat("The runtime did not start container ", id(),
                             " within ", time, "; killing it"));
    Fail({internal::v1::Reject::REASON_START_TIMEOUT,
          absl::StrCat("the runtime hung for ", time), true});
  } else if (!container_.populated()) {
    // It has served and ended, and the runtime hangs over it.
    LogInstance(absl::StrCat("The runtime hangs beside container ", id(),
                             ", which has ended; killing it"));
    // Not Kill() of an instance that ends already: it would drop a connection
    // whose OnFailure is posted and not yet delivered.
    if (state_ == v1::Instance::STATE_ENDING) {
      container_.Kill();
    } else {
      Kill();
    }
  }
}

void Instance::OnWarmTimeout() {
  LogInstance(absl::StrCat("Container ", id(), " waited for ",
                           absl::FormatDuration(deadlines_.warm_age),
                           "; replacing it"));
  retired_ = true;
  Kill();
}

void Instance::OnRequestTimeout() {
  LogInstance(absl::StrCat("Container ", id(), " ran for longer than ",
                           absl::FormatDuration(deadlines_.request),
                           "; stopping it"));
  container_.Signal(revision_ != nullptr ? revision_->stop_signal() : SIGTERM);
  SetTimer(environment_.kill_grace, &Instance::Kill);
}

// Ends the container, and gives the connection back if there is one.
void Instance::Fail(Failure failure) {
  absl::optional<OfferedConnection> connection =
      std::exchange(connection_, absl::nullopt);
  Kill();
  if (!connection.has_value()) return;
  failed_ = {*std::move(connection), std::move(failure)};
  events_.Post([this] {
    if (!failed_.has_value()) return;
    Failed failed = *std::exchange(failed_, absl::nullopt);
    channel_ = 0;
    owner_->OnFailure(this, std::move(failed.connection), failed.failure);
  });
}

void Instance::Kill() {
  connection_.reset();
  failed_.reset();
  loop_.Unwatch(control_watch_);
  control_.reset();
  loop_.CancelTimer(timer_);
  container_.Kill();
  SetState(v1::Instance::STATE_ENDING);
}

void Instance::OnEnded(const Ending& ending) {
  if (state_ == v1::Instance::STATE_STARTING ||
      state_ == v1::Instance::STATE_SPARE) {
    if (!connection_.has_value() && !ending.detail.empty()) {
      LogInstance(absl::StrCat("Container ", id(), ": ", ending.detail));
    }
    Fail({ending.ran ? internal::v1::Reject::REASON_HANDLER_EXITED
                     : internal::v1::Reject::REASON_START_FAILED,
          ending.detail, state_ == v1::Instance::STATE_SPARE});
    return;
  }
  loop_.CancelTimer(timer_);
  SetState(v1::Instance::STATE_ENDING);
}

// An event of the container already. OnEnding has come before: it was posted
// at the latest when the container had ended, before it was removed.
void Instance::OnGone() { owner_->OnGone(this); }

v1::Instance Instance::Describe() const {
  v1::Instance result;
  result.set_id(id());
  if (revision_ != nullptr) {
    result.set_function(revision_->name());
    result.set_revision_id(revision_->id());
  }
  result.set_state(state_);
  *result.mutable_start_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(start_time_));
  result.set_peer(peer_);
  return result;
}

}  // namespace faas::runnerd
