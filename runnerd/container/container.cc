#include "runnerd/container/container.h"

#include <signal.h>
#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "runnerd/host/scheduling.h"

namespace faas::runnerd {
namespace {

// Both pipes are at their end as soon as the last process has gone. Only a
// process that escaped both container and cgroup could keep one open.
constexpr absl::Duration kOutputTimeout = absl::Seconds(1);
// A cgroup stays busy for a moment after its last process was killed.
constexpr absl::Duration kCleanUpInterval = absl::Milliseconds(5);
constexpr int kCleanUpTries = 1000;
// crun's process that is the parent of the container's ends a few milliseconds
// after the one that runnerd has started. Until then runnerd cannot reap the
// container's process.
constexpr absl::Duration kAwaitInterval = absl::Milliseconds(1);
constexpr int kAwaitTries = 1000;
constexpr int kMaxRaises = 8;

void Log(absl::string_view text) { log::Line("request", text); }

}  // namespace

Container::Container(const ContainerEnvironment* environment, std::string id,
                     Observer* observer)
    : environment_(*environment),
      id_(std::move(id)),
      observer_(observer),
      handler_acceptor_(
          environment, id_,
          [this](base::UniqueFd control) { OnHandler(std::move(control)); }),
      memory_watch_(environment, id_,
                    [this] {
                      Log(absl::StrCat("Container ", id_,
                                       " is out of memory; killing it"));
                      Kill();
                    }),
      events_(environment->loop) {}

Container::~Container() {
  environment_.loop->CancelTimer(timer_);
  environment_.loop->Unwatch(runtime_watch_);
  environment_.loop->Unwatch(process_watch_);
}

void Container::SetTimer(absl::Duration delay, void (Container::*method)()) {
  environment_.loop->CancelTimer(timer_);
  timer_ =
      environment_.loop->After(delay, [this, method] { (this->*method)(); });
}

absl::Status Container::Start(const Revision& revision) {
  RETURN_IF_ERROR(CaptureOutput());
  RETURN_IF_ERROR(Spawn(revision));
  return FollowRuntime();
}

void Container::StartInBackground(std::shared_ptr<const Revision> revision) {
  state_.Enter(State::kSpawning);
  priority_ = Priority::kBackground;
  const absl::Status prepared = CaptureOutput();
  tasks_.Run(
      environment_.creator, [this, prepared, revision = std::move(revision)] {
        const absl::Status status = prepared.ok() ? Spawn(*revision) : prepared;
        // The runtime's threads and processes inherit it. This thread stays as
        // it is: others would have to wait for the locks that it holds, in the
        // kernel too.
        if (status.ok()) SetIdle(runtime_.pid());
        events_.Post([this, status] { OnSpawned(status); });
      });
}

absl::Status Container::CaptureOutput() {
  ASSIGN_OR_RETURN(
      output_, ContainerOutput::Create(environment_.loop,
                                       environment_.output_limit_bytes, [this] {
                                         if (state_.state() == State::kEnded)
                                           AwaitOutput();
                                       }));
  return absl::OkStatus();
}

// Makes the bundle and starts the runtime on it. Runs on any thread.
absl::Status Container::Spawn(const Revision& revision) {
  ASSIGN_OR_RETURN(bundle_, Bundle::Create(environment_.bundles, id_, revision,
                                           environment_.cgroups->PathFor(id_)));
  Log(absl::StrCat("Created bundle at ", bundle_->path()));
  Log("Spawning container " + id_);
  ASSIGN_OR_RETURN(const base::UniqueFd input, process::EmptyInput());
  ASSIGN_OR_RETURN(runtime_, environment_.runtime->Start(
                                 bundle_->path(), id_,
                                 {{0, input.get()},
                                  {1, output_->stdout_write_end()},
                                  {2, output_->stderr_write_end()}}));
  return absl::OkStatus();
}

absl::Status Container::FollowRuntime() {
  output_->CloseWriteEnds();
  auto watch = environment_.loop->Watch(runtime_.pidfd(), EPOLLIN,
                                        [this](uint32_t) { OnRuntimeExit(); });
  if (!watch.ok()) {
    // InstanceTable::Recover finds what the runtime has made meanwhile.
    environment_.runtime->Kill(runtime_, id_);
    return watch.status();
  }
  runtime_watch_ = *watch;
  state_.Enter(State::kStarting);
  handler_acceptor_.Start(bundle_->control_listener());
  SetTimer(environment_.runtime_timeout, &Container::OnRuntimeTimeout);
  return absl::OkStatus();
}

void Container::OnSpawned(const absl::Status& spawned) {
  absl::Status status = spawned;
  if (status.ok()) {
    if (priority_ == Priority::kRaised) SetNormal(runtime_.pid());
    status = FollowRuntime();
  }
  if (!status.ok()) {
    runtime_ = process::Child();  // it was killed, if it was there at all
    End({false, std::string(status.message())});
  } else if (kill_requested_) {
    Kill();
  }
}

void Container::EndBackground() {
  if (priority_ != Priority::kBackground) return;
  priority_ = Priority::kRaised;
  if (state_.state() == State::kStarting) SetNormal(runtime_.pid());
}

bool Container::Adopt() {
  bundle_ = Bundle::Adopt(environment_.bundles, id_);
  const bool serves = !bundle_->HasControlSocket();
  return serves && FollowProcess(/*only_child=*/false).ok();
}

void Container::OnRuntimeTimeout() {
  SetTimer(environment_.runtime_timeout, &Container::OnRuntimeTimeout);
  events_.Post([this] {
    if (state_.state() == State::kStarting) observer_->OnRuntimeOverdue();
  });
}

// The runtime has done its part: the container's process runs, or never will.
void Container::OnRuntimeExit() {
  const auto status = runtime_.Reap();
  if (status.ok() && !status->has_value()) return;
  environment_.loop->Unwatch(runtime_watch_);
  environment_.loop->CancelTimer(timer_);
  runtime_ = process::Child();
  if (status.ok() && (*status)->code == 0) {
    state_.Enter(State::kAwaiting);
    AwaitProcess();
  } else {
    End({false, output_->LastErrorLine()});
  }
}

void Container::AwaitProcess() {
  // After the last try, a process that is not a child will do, too.
  const bool only_child = ++await_tries_ < kAwaitTries;
  const absl::Status status = FollowProcess(only_child);
  if (only_child && absl::IsUnavailable(status)) {
    SetTimer(kAwaitInterval, &Container::AwaitProcess);
  } else if (!status.ok()) {
    End({false, "the container's process is gone"});
  } else if (kill_requested_) {
    Kill();
  }
}

// Begins to wait for the end of the container's process. Returns UNAVAILABLE
// while it is not a child of runnerd, if `only_child`.
absl::Status Container::FollowProcess(bool only_child) {
  ASSIGN_OR_RETURN(const int pid, bundle_->ReadPid());
  ASSIGN_OR_RETURN(process_, process::OpenProcess(pid));
  // The number of a child belongs to it until it is reaped. Another process
  // may have ended, and its number may name something else by now.
  const bool is_child = process_.IsOurs();
  const bool not_yet = only_child && !is_child && process_.Exists();
  if (not_yet || (!is_child && !environment_.cgroups->Has(id_, pid))) {
    process_ = process::Child();
    return not_yet ? absl::UnavailableError("the process is not a child yet")
                   : absl::NotFoundError("the process is gone");
  }
  const auto watch = environment_.loop->Watch(
      process_.pidfd(), EPOLLIN, [this](uint32_t) { OnProcessExit(); });
  if (!watch.ok()) {
    static_cast<void>(process_.Signal(SIGKILL));
    process_ = process::Child();
    return watch.status();
  }
  process_watch_ = *watch;
  state_.Enter(State::kRunning);
  return absl::OkStatus();
}

void Container::OnProcessExit() {
  const auto status = process_.Reap();
  if (status.ok() && !status->has_value()) return;
  environment_.loop->Unwatch(process_watch_);
  process_ = process::Child();
  // A previous run of runnerd was the parent of the containers that it left;
  // their status is lost.
  const std::string code =
      status.ok() ? absl::StrCat((*status)->code) : "unknown";
  Log(absl::StrCat("Container exited with code ", code));
  const std::string last_line =
      output_ != nullptr ? output_->LastErrorLine() : "";
  End({true, absl::StrCat("exit code ", code, ": ", last_line)});
}

void Container::OnHandler(base::UniqueFd control) {
  control_ = std::move(control);
  bundle_->CloseListener();
  // A handler that has connected must be as quick as any.
  if (priority_ != Priority::kNormal) RaiseThreads();
  events_.Post([this] {
    observer_->OnHandlerConnected(std::move(control_));
    // A connection that waited has been delivered by now.
    memory_watch_.Start();
  });
}

// Schedules the threads of the container itself as usual.
void Container::RaiseThreads() {
  // An idle thread may start another between the listing and the call.
  for (int i = 0; i < kMaxRaises; ++i) {
    if (!SetThreadsNormal(environment_.cgroups->Threads(id_))) return;
  }
}

void Container::Kill() {
  kill_requested_ = true;
  switch (state_.state()) {
    case State::kNew:
      End({});
      return;
    case State::kStarting:
      environment_.runtime->Kill(runtime_, id_);
      environment_.cgroups->Kill(id_);
      return;
    case State::kRunning:
      // All processes in its pid namespace end with it.
      static_cast<void>(process_.Signal(SIGKILL));
      return;
    case State::kSpawning:
    case State::kAwaiting:
      return;  // Later, see kill_requested_.
    case State::kEnded:
    case State::kCleaning:
    case State::kGone:
      return;
  }
}

void Container::End(Observer::Ending ending) {
  state_.Enter(State::kEnded);
  handler_acceptor_.Stop();
  memory_watch_.Stop();
  SetTimer(kOutputTimeout, &Container::CleanUpSoon);
  events_.Post(
      [this, ending = std::move(ending)] { observer_->OnEnded(ending); });
  AwaitOutput();
}

void Container::AwaitOutput() {
  if (output_ != nullptr) {
    output_->CloseWriteEnds();
    output_->Drain();
    if (!output_->ended()) return;
  }
  CleanUpSoon();
}

// CleanUp destroys the output, which may be the caller. It must also come after
// OnEnded, which is a posted event itself: the observer expects OnGone last.
void Container::CleanUpSoon() {
  events_.Post([this] { CleanUp(); });
}

void Container::CleanUp() {
  if (state_.state() != State::kEnded) return;
  state_.Enter(State::kCleaning);
  environment_.loop->CancelTimer(timer_);
  if (output_ != nullptr) output_->Log();
  output_.reset();
  tasks_.Run(environment_.cleaner, [this] {
    absl::Status status = environment_.cgroups->Remove(id_);
    if (status.ok()) status = environment_.runtime->Forget(id_);
    if (!absl::IsUnavailable(status)) bundle_.reset();
    events_.Post([this, status] { OnCleanedUp(status); });
  });
}

void Container::OnCleanedUp(const absl::Status& status) {
  if (absl::IsUnavailable(status) && ++cleanup_tries_ < kCleanUpTries) {
    // A process is still in a cgroup: a runtime that was killed has left it.
    state_.Enter(State::kEnded);
    environment_.cgroups->Kill(id_);
    SetTimer(kCleanUpInterval, &Container::CleanUp);
    return;
  }
  state_.Enter(State::kGone);
  if (!status.ok()) Log(status.message());
  observer_->OnGone();  // may destroy this
}

std::vector<pid_t> Container::children() const {
  std::vector<pid_t> pids;
  if (state_.state() == State::kSpawning) return pids;
  if (runtime_.valid()) pids.push_back(runtime_.pid());
  if (process_.valid()) pids.push_back(process_.pid());
  return pids;
}

}  // namespace faas::runnerd
