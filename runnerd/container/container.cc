#include "runnerd/container/container.h"

#include <signal.h>
#include <sys/epoll.h>

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"
#include "runnerd/host/scheduling.h"

namespace faas::runnerd {
namespace {

// After the last process has gone its pipes are at their end at once; only a
// process that escaped both container and cgroup could keep one open.
constexpr absl::Duration kOutputTimeout = absl::Seconds(1);
// A cgroup stays busy for a moment after its last process was killed.
constexpr absl::Duration kCleanUpInterval = absl::Milliseconds(5);
constexpr int kCleanUpTries = 1000;
// Where a descriptor is wanted and there is none.
constexpr absl::Duration kAcceptRetryInterval = absl::Milliseconds(20);
// crun's process that is the parent of the container's ends a few milliseconds
// after the one that we have started; until then it is not ours to reap.
constexpr absl::Duration kAwaitInterval = absl::Milliseconds(1);
constexpr int kAwaitTries = 1000;
constexpr int kMaxRaises = 8;

void Log(absl::string_view text) { log::Line("request", text); }

}  // namespace

Container::Container(const ContainerEnvironment* environment, std::string id,
                     Observer* observer)
    : environment_(*environment), id_(std::move(id)), observer_(observer) {}

Container::~Container() {
  environment_.loop->CancelTimer(timer_);
  environment_.loop->CancelTimer(control_timer_);
  environment_.loop->Unwatch(runtime_watch_);
  environment_.loop->Unwatch(process_watch_);
  environment_.loop->Unwatch(control_watch_);
  environment_.loop->Unwatch(memory_watch_);
}

void Container::SetTimer(absl::Duration delay, void (Container::*method)()) {
  environment_.loop->CancelTimer(timer_);
  timer_ =
      environment_.loop->After(delay, [this, method] { (this->*method)(); });
}

absl::Status Container::Start(const Revision& revision) {
  RETURN_IF_ERROR(Prepare());
  RETURN_IF_ERROR(Spawn(revision));
  return FollowRuntime();
}

absl::Status Container::Prepare() {
  const auto on_output_end = [this] {
    if (ended_) AwaitOutput();
  };
  for (std::unique_ptr<OutputCapture>* output : {&stdout_, &stderr_}) {
    ASSIGN_OR_RETURN(
        *output,
        OutputCapture::Create(environment_.loop,
                              environment_.output_limit_bytes, on_output_end));
  }
  return absl::OkStatus();
}

// Makes the bundle and starts the runtime on it; any thread.
absl::Status Container::Spawn(const Revision& revision) {
  ASSIGN_OR_RETURN(bundle_, Bundle::Create(environment_.bundles, id_, revision,
                                           environment_.cgroups->PathFor(id_)));
  Log(absl::StrCat("Created bundle at ", bundle_->path()));
  Log("Spawning container " + id_);
  ASSIGN_OR_RETURN(const base::UniqueFd input, process::EmptyInput());
  ASSIGN_OR_RETURN(runtime_,
                   environment_.runtime->Start(bundle_->path(), id_,
                                               {{0, input.get()},
                                                {1, stdout_->write_end()},
                                                {2, stderr_->write_end()}}));
  return absl::OkStatus();
}

absl::Status Container::FollowRuntime() {
  stdout_->CloseWriteEnd();
  stderr_->CloseWriteEnd();
  auto watch = environment_.loop->Watch(runtime_.pidfd(), EPOLLIN,
                                        [this](uint32_t) { OnRuntimeExit(); });
  if (!watch.ok()) {
    // What it has made meanwhile is found by Runner::Recover.
    environment_.runtime->Kill(runtime_, id_);
    return watch.status();
  }
  runtime_watch_ = *watch;
  WatchControl();
  SetTimer(environment_.runtime_timeout, &Container::OnRuntimeTimeout);
  return absl::OkStatus();
}

void Container::StartInBackground(std::shared_ptr<const Revision> revision) {
  in_background_ = spawning_ = true;
  const absl::Status prepared = Prepare();
  environment_.creator->Run([this, prepared, revision = std::move(revision)] {
    const absl::Status status = prepared.ok() ? Spawn(*revision) : prepared;
    // Right away: its threads and processes inherit it. Not our own thread:
    // what it holds, in the kernel too, others would have to wait for.
    if (status.ok()) SetIdle(runtime_.pid());
    environment_.loop->Post([this, status] { OnSpawned(status); });
  });
}

void Container::OnSpawned(const absl::Status& spawned) {
  spawning_ = false;
  absl::Status status = spawned;
  if (status.ok()) {
    if (raised_) SetNormal(runtime_.pid());
    status = FollowRuntime();
  }
  if (!status.ok()) {
    runtime_ = process::Child();  // killed, if it was there at all
    End({false, std::string(status.message())});
  } else if (killed_) {
    Kill();
  }
}

void Container::EndBackground() {
  if (!in_background_ || std::exchange(raised_, true)) return;
  if (!spawning_ && runtime_.valid()) SetNormal(runtime_.pid());
}

// Those of the container itself: when its handler has connected, it has to be
// as quick as any.
void Container::RaiseThreads() {
  // One that is idle may start another between our look at it and our call.
  for (int i = 0; i < kMaxRaises; ++i) {
    if (!SetThreadsNormal(environment_.cgroups->Threads(id_))) return;
  }
}

bool Container::Adopt() {
  bundle_ = Bundle::Adopt(environment_.bundles, id_);
  const bool serves = !bundle_->HasControlSocket();
  return serves && FollowProcess().ok();
}

// The runtime has done its part: the container's process runs, or never will.
void Container::OnRuntimeExit() {
  const auto status = runtime_.Reap();
  if (status.ok() && !status->has_value()) return;
  environment_.loop->Unwatch(runtime_watch_);
  environment_.loop->CancelTimer(timer_);
  runtime_ = process::Child();
  if (status.ok() && (*status)->code == 0) {
    AwaitProcess();
    return;
  }
  stderr_->Drain();
  End({false, LastErrorLine()});
}

void Container::AwaitProcess() {
  // In the end, another's child will do, too.
  awaited_ = ++await_tries_ < kAwaitTries;
  const absl::Status status = FollowProcess();
  if (awaited_ && absl::IsUnavailable(status)) {
    SetTimer(kAwaitInterval, &Container::AwaitProcess);
    return;
  }
  awaited_ = false;
  if (status.ok()) {
    if (killed_) Kill();
    return;
  }
  stderr_->Drain();
  End({false, "the container's process is gone"});
}

void Container::OnRuntimeTimeout() {
  SetTimer(environment_.runtime_timeout, &Container::OnRuntimeTimeout);
  observer_->OnRuntimeOverdue();
}

absl::Status Container::FollowProcess() {
  ASSIGN_OR_RETURN(const int pid, bundle_->ReadPid());
  ASSIGN_OR_RETURN(process_, process::OpenProcess(pid));
  // The number of a child of ours is its own until it is reaped. Others may
  // have ended, and something else may have got the number.
  const bool ours = process_.IsOurs();
  const bool not_yet = awaited_ && !ours && process_.Exists();
  if (not_yet || (!ours && !environment_.cgroups->Has(id_, pid))) {
    process_ = process::Child();
    return not_yet ? absl::UnavailableError("the process is not ours yet")
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
  return absl::OkStatus();
}

void Container::OnProcessExit() {
  const auto status = process_.Reap();
  if (status.ok() && !status->has_value()) return;
  environment_.loop->Unwatch(process_watch_);
  process_ = process::Child();
  // The status of a container that an earlier life has started is not ours.
  const std::string code =
      status.ok() ? absl::StrCat((*status)->code) : "unknown";
  Log(absl::StrCat("Container exited with code ", code));
  if (stderr_ != nullptr) stderr_->Drain();
  End({true, absl::StrCat("exit code ", code, ": ", LastErrorLine())});
}

void Container::WatchControl() {
  const auto watch =
      environment_.loop->Watch(bundle_->control_listener(), EPOLLIN,
                               [this](uint32_t) { OnControlReadable(); });
  if (watch.ok()) {
    control_watch_ = *watch;
  } else {
    control_timer_ = environment_.loop->After(kAcceptRetryInterval,
                                              [this] { WatchControl(); });
  }
}

// The socket lies where only root and the container can reach it; this is for
// the day when that is not so.
bool Container::IsHandler(int control) const {
  const absl::StatusOr<ucred> peer = ipc::PeerCredentials(control);
  if (peer.ok() && environment_.cgroups->Has(id_, peer->pid)) return true;
  Log(peer.ok() ? absl::StrCat("Process ", peer->pid, " of user ", peer->uid,
                               " connected to the control socket of ", id_,
                               ", and is not in the container; refused it")
                : std::string(peer.status().message()));
  return false;
}

void Container::OnControlReadable() {
  absl::StatusOr<base::UniqueFd> control =
      ipc::Accept(bundle_->control_listener());
  if (absl::IsResourceExhausted(control.status())) {
    // It would be reported again and again; the start's deadline goes on.
    environment_.loop->Unwatch(control_watch_);
    control_timer_ = environment_.loop->After(kAcceptRetryInterval,
                                              [this] { WatchControl(); });
  }
  if (!control.ok() || !IsHandler(control->get())) return;
  environment_.loop->Unwatch(control_watch_);
  bundle_->CloseListener();
  Log("Container connected to control socket");
  if (in_background_) RaiseThreads();
  observer_->OnHandlerConnected(*std::move(control));
  WatchMemory();
}

// Nobody waits for this: the connection has been delivered.
void Container::WatchMemory() {
  if (ended_ || environment_.cgroups->IsUnified("memory")) return;
  environment_.cleaner->Run([this] {
    // std::function wants what can be copied.
    const auto event = std::make_shared<absl::StatusOr<base::UniqueFd>>(
        environment_.cgroups->WatchMemory(id_));
    environment_.loop->Post([this, event] {
      if (ended_) return;
      const absl::Status status =
          event->ok() ? FollowMemory(*std::move(*event)) : event->status();
      // A container that has just ended has no cgroup any more; that there is
      // no controller, the start has said.
      if (status.ok() || absl::IsNotFound(status) ||
          absl::IsUnavailable(status)) {
        return;
      }
      Log(absl::StrCat("Container ", id_,
                       " may outlive a process that is out "
                       "of memory: ",
                       status.message()));
    });
  });
}

absl::Status Container::FollowMemory(base::UniqueFd event) {
  memory_event_ = std::move(event);
  ASSIGN_OR_RETURN(memory_watch_, environment_.loop->Watch(
                                      memory_event_.get(), EPOLLIN,
                                      [this](uint32_t) { OnOutOfMemory(); }));
  return absl::OkStatus();
}

void Container::OnOutOfMemory() {
  environment_.loop->Unwatch(memory_watch_);
  Log(absl::StrCat("Container ", id_, " is out of memory; killing it"));
  Kill();
}

void Container::Kill() {
  killed_ = true;
  if (spawning_ || awaited_ || ended_) return;
  if (process_.valid()) {
    // Its end takes everything in its pid namespace with it.
    static_cast<void>(process_.Signal(SIGKILL));
  } else if (runtime_.valid()) {
    environment_.runtime->Kill(runtime_, id_);
    environment_.cgroups->Kill(id_);
  } else {
    End({});
  }
}

void Container::End(const Observer::Ending& ending) {
  if (std::exchange(ended_, true)) return;
  environment_.loop->Unwatch(control_watch_);
  environment_.loop->CancelTimer(control_timer_);
  // The kernel reports a cgroup's removal there, too.
  environment_.loop->Unwatch(memory_watch_);
  memory_event_.reset();
  SetTimer(kOutputTimeout, &Container::CleanUp);
  observer_->OnEnded(ending);
  AwaitOutput();
}

void Container::AwaitOutput() {
  if (process_.valid() || runtime_.valid()) return;
  for (OutputCapture* output : {stdout_.get(), stderr_.get()}) {
    if (output == nullptr) continue;
    output->CloseWriteEnd();
    output->Drain();
    if (!output->ended()) return;
  }
  // Not from here: the caller may be the capture that CleanUp destroys.
  SetTimer(absl::ZeroDuration(), &Container::CleanUp);
}

void Container::CleanUp() {
  if (std::exchange(cleaning_, true)) return;
  LogOutput();
  stdout_.reset();
  stderr_.reset();
  environment_.cleaner->Run([this] {
    absl::Status status = environment_.cgroups->Remove(id_);
    if (status.ok()) status = environment_.runtime->Forget(id_);
    if (!absl::IsUnavailable(status)) bundle_.reset();
    environment_.loop->Post([this, status] { OnCleanedUp(status); });
  });
}

void Container::OnCleanedUp(const absl::Status& status) {
  cleaning_ = false;
  if (absl::IsUnavailable(status) && ++cleanup_tries_ < kCleanUpTries) {
    // Somebody is still in there: of a runtime that was killed half way.
    environment_.cgroups->Kill(id_);
    SetTimer(kCleanUpInterval, &Container::CleanUp);
    return;
  }
  if (!status.ok()) Log(status.message());
  observer_->OnGone();
}

void Container::LogOutput() const {
  if (stdout_ != nullptr && !stdout_->Text().empty()) {
    Log("Container stdout: " + base::PrintableLines(stdout_->Text()));
  }
  if (stderr_ != nullptr && !stderr_->Text().empty()) {
    Log("Container stderr: " + base::PrintableLines(stderr_->Text()));
  }
}

std::string Container::LastErrorLine() const {
  const std::string text = stderr_ != nullptr ? stderr_->Text() : "";
  const std::string line = text.substr(text.find_last_of('\n') + 1);
  // The runtime's own errors: time="…" level=error msg="…".
  const size_t message = line.find(" msg=\"");
  if (!absl::StartsWith(line, "time=") || message == std::string::npos) {
    return line;
  }
  return absl::StrReplaceAll(absl::StripSuffix(line.substr(message + 6), "\""),
                             {{"\\\"", "\""}});
}

std::vector<pid_t> Container::children() const {
  std::vector<pid_t> pids;
  if (spawning_) return pids;
  if (runtime_.valid()) pids.push_back(runtime_.pid());
  if (process_.valid()) pids.push_back(process_.pid());
  return pids;
}

}  // namespace faas::runnerd
