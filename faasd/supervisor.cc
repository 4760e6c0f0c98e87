#include "faasd/supervisor.h"

#include <grpcpp/client_context.h>
#include <signal.h>
#include <sys/epoll.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "common/rpc/channel.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace faas::faasd {
namespace {

constexpr absl::Duration kHealthInterval = absl::Milliseconds(10);
constexpr std::chrono::milliseconds kHealthTimeout(200);
// The time between the end of a daemon and its next start. It doubles each
// time, up to kLongestBackoff, and starts over when the daemon has run for
// kLongRun.
constexpr absl::Duration kFirstBackoff = absl::Milliseconds(50);
constexpr absl::Duration kLongestBackoff = absl::Seconds(5);
constexpr absl::Duration kLongRun = absl::Seconds(10);

bool IsHealthy(const std::string& socket) {
  using grpc::health::v1::HealthCheckResponse;
  const auto stub = grpc::health::v1::Health::NewStub(rpc::UnixChannel(socket));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kHealthTimeout);
  HealthCheckResponse response;
  return stub->Check(&context, {}, &response).ok() &&
         response.status() == HealthCheckResponse::SERVING;
}

}  // namespace

Supervisor::Supervisor(event::EventLoop* loop, Options options)
    : loop_(loop), options_(std::move(options)) {
  for (const DaemonSpec& spec : options_.daemons) {
    daemons_.push_back(std::make_unique<Daemon>());
    daemons_.back()->spec = spec;
    daemons_.back()->backoff = kFirstBackoff;
  }
}

Supervisor::~Supervisor() {
  loop_->CancelTimer(ready_timer_);
  for (const auto& daemon : daemons_) {
    loop_->CancelTimer(daemon->timer);
    loop_->Unwatch(daemon->watch);
  }
}

absl::Status Supervisor::Run() {
  ready_deadline_ = event::EventLoop::Now() + options_.ready_timeout;
  StartOrFail(*daemons_.front());
  CheckReady();
  loop_->Run();
  return result_;
}

absl::Status Supervisor::Start(Daemon& daemon) {
  // The daemon gets a process group of its own, so that Ctrl-C in a terminal
  // reaches only faasd, which then stops the daemons in order.
  ASSIGN_OR_RETURN(daemon.child, process::Spawn({.args = daemon.spec.command,
                                                 .own_group = true}));
  daemon.started = event::EventLoop::Now();
  ASSIGN_OR_RETURN(daemon.watch,
                   loop_->Watch(daemon.child.pidfd(), EPOLLIN,
                                [this, &daemon](uint32_t) { OnExit(daemon); }));
  return absl::OkStatus();
}

void Supervisor::StartOrFail(Daemon& daemon) {
  if (absl::Status status = Start(daemon); !status.ok()) Fail(status);
}

void Supervisor::OnExit(Daemon& daemon) {
  const auto status = daemon.child.Reap();
  if (status.ok() && !status->has_value()) return;
  loop_->Unwatch(daemon.watch);
  loop_->CancelTimer(daemon.timer);
  daemon.child = process::Child();
  if (stopping_) {
    if (daemon.stopping) StopNext();
    return;
  }
  if (healthy_ < daemons_.size()) {
    Fail(absl::UnavailableError(
        absl::StrCat(daemon.spec.name, " did not start")));
    return;
  }
  log::Line("faasd",
            absl::StrCat(daemon.spec.name, " ended with code ",
                         status.ok() ? absl::StrCat((*status)->code) : "?",
                         "; starting it again"));
  if (event::EventLoop::Now() - daemon.started > kLongRun)
    daemon.backoff = kFirstBackoff;
  StartAgain(daemon);
}

void Supervisor::StartAgain(Daemon& daemon) {
  daemon.timer = loop_->After(daemon.backoff, [this, &daemon] {
    if (stopping_) return;
    const absl::Status status = Start(daemon);
    if (status.ok()) return;
    log::Line("faasd", std::string(status.message()));
    StartAgain(daemon);
  });
  daemon.backoff = std::min(2 * daemon.backoff, kLongestBackoff);
}

// Checks which daemons are healthy, starts the others once the first one is,
// and runs again every kHealthInterval until all are.
void Supervisor::CheckReady() {
  while (healthy_ < daemons_.size() && !stopping_ &&
         daemons_[healthy_]->child.valid() &&
         IsHealthy(daemons_[healthy_]->spec.socket)) {
    if (++healthy_ == 1) {
      for (size_t i = 1; i < daemons_.size() && !stopping_; ++i) {
        StartOrFail(*daemons_[i]);
      }
    }
  }
  if (stopping_) return;
  if (healthy_ == daemons_.size()) {
    options_.on_ready();
  } else if (event::EventLoop::Now() > ready_deadline_) {
    Fail(absl::DeadlineExceededError(
        absl::StrCat(daemons_[healthy_]->spec.name, " is not healthy after ",
                     absl::FormatDuration(options_.ready_timeout))));
  } else {
    ready_timer_ = loop_->After(kHealthInterval, [this] { CheckReady(); });
  }
}

void Supervisor::Fail(absl::Status status) {
  if (result_.ok()) result_ = std::move(status);
  Stop();
}

void Supervisor::Stop() {
  if (std::exchange(stopping_, true)) return;
  StopNext();
}

void Supervisor::StopNext() {
  while (stopped_ < options_.stop_order.size()) {
    const std::string& name = options_.stop_order[stopped_++];
    for (const auto& daemon : daemons_) {
      if (daemon->spec.name != name || !daemon->child.valid()) continue;
      daemon->stopping = true;
      static_cast<void>(daemon->child.Signal(SIGTERM));
      loop_->CancelTimer(daemon->timer);
      daemon->timer = loop_->After(options_.stop_timeout, [&d = *daemon] {
        log::Line("faasd", d.spec.name + " does not stop; killing it");
        static_cast<void>(d.child.Signal(SIGKILL));
      });
      return;  // OnExit goes on with the next one.
    }
  }
  loop_->Stop();
}

}  // namespace faas::faasd
