#include "runnerd/instance.h"

#include <google/protobuf/util/time_util.h>
#include <signal.h>
#include <sys/epoll.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

// After the last process has gone its pipes are at their end at once; only a
// process that escaped both container and cgroup could keep one open.
constexpr absl::Duration kOutputTimeout = absl::Seconds(1);
// A cgroup stays busy for a moment after its last process was killed.
constexpr absl::Duration kCleanUpInterval = absl::Milliseconds(5);
constexpr int kCleanUpTries = 1000;
// At most so much of a message goes to the container.
constexpr size_t kMaxControlLineBytes = 1024;
constexpr size_t kMaxProcFileBytes = 65536;

void Log(absl::string_view text) { log::Line("request", text); }

// Whether the process belongs to the container `id`, and does not merely have
// the number that the pid file says.
bool RunsIn(pid_t pid, const std::string& id) {
  const auto groups =
      fs::ReadFile(absl::StrCat("/proc/", pid, "/cgroup"), kMaxProcFileBytes);
  return groups.ok() && absl::StrContains(*groups, "/" + id);
}

}  // namespace

Instance::Instance(const InstanceEnvironment* environment, std::string id,
                   OnEnd on_end)
    : environment_(*environment),
      id_(std::move(id)),
      on_end_(std::move(on_end)),
      start_time_(absl::Now()),
      started_(event::EventLoop::Now()) {}

Instance::~Instance() {
  environment_.loop->CancelTimer(timer_);
  environment_.loop->Unwatch(runtime_watch_);
  environment_.loop->Unwatch(process_watch_);
  environment_.loop->Unwatch(control_watch_);
}

std::string Instance::IdFor(uint64_t connection_id) {
  return absl::StrFormat("faas-%016x", connection_id);
}

void Instance::SetTimer(absl::Duration delay, void (Instance::*method)()) {
  environment_.loop->CancelTimer(timer_);
  timer_ =
      environment_.loop->After(delay, [this, method] { (this->*method)(); });
}

absl::StatusOr<std::unique_ptr<Instance>> Instance::Start(
    const InstanceEnvironment* environment,
    std::shared_ptr<const Revision> revision, HandoffServer::Channel channel,
    const v1::Offer& offer, base::UniqueFd client, OnEnd on_end) {
  auto instance = std::unique_ptr<Instance>(new Instance(
      environment, IdFor(offer.connection_id()), std::move(on_end)));
  instance->revision_ = std::move(revision);
  instance->channel_ = channel;
  instance->offer_ = offer;
  instance->client_ = std::move(client);
  RETURN_IF_ERROR(instance->StartRuntime());
  return instance;
}

absl::Status Instance::StartRuntime() {
  event::EventLoop* loop = environment_.loop;
  ASSIGN_OR_RETURN(bundle_,
                   Bundle::Create(environment_.bundles, id_, *revision_,
                                  environment_.cgroups->PathFor(id_)));
  Log(absl::StrCat("Created bundle at ", bundle_->path()));
  const auto on_output_end = [this] {
    if (state_ == v1::Instance::STATE_ENDING) AwaitOutput();
  };
  ASSIGN_OR_RETURN(stdout_,
                   OutputCapture::Create(loop, environment_.output_limit_bytes,
                                         on_output_end));
  ASSIGN_OR_RETURN(stderr_,
                   OutputCapture::Create(loop, environment_.output_limit_bytes,
                                         on_output_end));
  ASSIGN_OR_RETURN(control_watch_,
                   loop->Watch(bundle_->control_listener(), EPOLLIN,
                               [this](uint32_t) { OnControlConnect(); }));
  Log("Spawning container " + id_);
  ASSIGN_OR_RETURN(
      runtime_, environment_.runtime->Start(bundle_->path(), id_,
                                            {{0, environment_.dev_null.get()},
                                             {1, stdout_->write_end()},
                                             {2, stderr_->write_end()}}));
  stdout_->CloseWriteEnd();
  stderr_->CloseWriteEnd();
  auto watch = loop->Watch(runtime_.pidfd(), EPOLLIN,
                           [this](uint32_t) { OnRuntimeExit(); });
  if (!watch.ok()) {
    runtime_.KillGroup();
    return watch.status();
  }
  runtime_watch_ = *watch;
  SetTimer(environment_.start_timeout, &Instance::OnStartTimeout);
  return absl::OkStatus();
}

std::unique_ptr<Instance> Instance::Recover(
    const InstanceEnvironment* environment, const std::string& id,
    OnEnd on_end) {
  auto instance = std::unique_ptr<Instance>(
      new Instance(environment, id, std::move(on_end)));
  instance->answered_ = true;
  instance->bundle_ = Bundle::Adopt(environment->bundles, id);
  const bool serves = !instance->bundle_->HasControlSocket();
  if (serves && instance->FollowProcess().ok()) {
    instance->state_ = v1::Instance::STATE_SERVING;
    instance->SetTimer(environment->request_timeout,
                       &Instance::OnRequestTimeout);
    Log(absl::StrCat("Container ", id, " goes on serving"));
  } else {
    Log(absl::StrCat("Removing container ", id));
    instance->state_ = v1::Instance::STATE_ENDING;
    instance->SetTimer(absl::ZeroDuration(), &Instance::CleanUp);
  }
  return instance;
}

// The runtime has done its part: the container's process runs, or never will.
void Instance::OnRuntimeExit() {
  const auto status = runtime_.Reap();
  if (status.ok() && !status->has_value()) return;
  environment_.loop->Unwatch(runtime_watch_);
  runtime_ = process::Child();
  const bool started = status.ok() && (*status)->code == 0;
  if (started && FollowProcess().ok()) {
    if (state_ == v1::Instance::STATE_ENDING) Kill();
    return;
  }
  stderr_->Drain();
  Fail(v1::Reject::REASON_START_FAILED,
       started ? "the container's process is gone" : LastErrorLine());
}

absl::Status Instance::FollowProcess() {
  ASSIGN_OR_RETURN(const int pid, bundle_->ReadPid());
  ASSIGN_OR_RETURN(process_, process::OpenProcess(pid));
  // The number of a child of ours is its own until it is reaped. Others may
  // have ended, and something else may have got the number.
  if (!process_.IsOurs() && !RunsIn(pid, id_)) {
    process_ = process::Child();
    return absl::NotFoundError("the process is gone");
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

void Instance::OnProcessExit() {
  const auto status = process_.Reap();
  if (status.ok() && !status->has_value()) return;
  environment_.loop->Unwatch(process_watch_);
  process_ = process::Child();
  // The status of a container that an earlier life has started is not ours.
  const std::string code =
      status.ok() ? absl::StrCat((*status)->code) : "unknown";
  Log(absl::StrCat("Container exited with code ", code));
  if (!answered_) {
    stderr_->Drain();
    Fail(v1::Reject::REASON_HANDLER_EXITED,
         absl::StrCat("exit code ", code, ": ", LastErrorLine()));
  } else {
    EnterEnding();
  }
}

void Instance::OnControlConnect() {
  absl::StatusOr<base::UniqueFd> control =
      ipc::Accept(bundle_->control_listener());
  if (!control.ok()) return;
  control_ = *std::move(control);
  environment_.loop->Unwatch(control_watch_);
  Log("Container connected to control socket");
  Deliver();
}

// COMMIT, then the descriptor: in between nothing can fail but the container.
void Instance::Deliver() {
  if (state_ != v1::Instance::STATE_STARTING) return;
  const absl::Status committed =
      environment_.handoff->Commit(channel_, offer_.connection_id());
  if (absl::IsResourceExhausted(committed)) {
    // gatewayd does not read; the start's deadline goes on.
    if (event::EventLoop::Now() - started_ > environment_.start_timeout) {
      OnStartTimeout();
    } else {
      SetTimer(kChannelRetryInterval, &Instance::Deliver);
    }
    return;
  }
  if (!committed.ok()) {
    Abort();
    return;
  }
  answered_ = true;
  const absl::Status sent =
      ipc::Send(control_.get(), ControlLine(), client_.get());
  Log(sent.ok() ? absl::StrCat("Sent FD ", client_.get(), " to container")
                : absl::StrCat("Container did not take the connection: ",
                               sent.message()));
  client_.reset();
  control_.reset();
  bundle_->CloseControl();
  state_ = v1::Instance::STATE_SERVING;
  SetTimer(environment_.request_timeout, &Instance::OnRequestTimeout);
}

// One line of JSON about the connection; docs/handler_contract.md.
std::string Instance::ControlLine() const {
  const absl::Time deadline = absl::Now() + environment_.request_timeout;
  const nlohmann::json line = {
      {"function", revision_->name()},
      {"revision", revision_->function().revision()},
      {"connection_id", id_.substr(id_.find('-') + 1)},
      {"peer", offer_.peer()},
      {"deadline", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", deadline,
                                    absl::UTCTimeZone())}};
  return (line.dump() + "\n").substr(0, kMaxControlLineBytes);
}

void Instance::OnStartTimeout() {
  Log(absl::StrCat("Container ", id_,
                   " did not connect to its control socket "
                   "within ",
                   absl::FormatDuration(environment_.start_timeout),
                   "; killing it"));
  Fail(v1::Reject::REASON_START_TIMEOUT,
       absl::StrCat("no connection to /control.sock within ",
                    absl::FormatDuration(environment_.start_timeout)));
}

void Instance::OnRequestTimeout() {
  Log(absl::StrCat("Container ", id_, " ran for longer than ",
                   absl::FormatDuration(environment_.request_timeout),
                   "; stopping it"));
  const int signal = revision_ != nullptr ? revision_->stop_signal() : SIGTERM;
  static_cast<void>(process_.Signal(signal));
  SetTimer(environment_.kill_grace, &Instance::Kill);
}

void Instance::Abort() {
  if (answered_) return;
  answered_ = true;
  Log(absl::StrCat("Container ", id_, " lost its connection; killing it"));
  Kill();
}

// Answers the offer, unless that was done, and ends the container.
void Instance::Fail(v1::Reject::Reason reason, const std::string& detail) {
  if (!std::exchange(answered_, true)) {
    environment_.handoff->Reject(channel_, offer_.connection_id(), reason,
                                 detail);
  }
  Kill();
}

void Instance::Kill() {
  if (process_.valid()) {
    // Its end takes everything in its pid namespace with it.
    static_cast<void>(process_.Signal(SIGKILL));
  } else if (runtime_.valid()) {
    runtime_.KillGroup();
    environment_.cgroups->Kill(id_);
  } else {
    EnterEnding();
    return;
  }
  state_ = v1::Instance::STATE_ENDING;
  environment_.loop->CancelTimer(timer_);
}

// The runtime and the container's process are gone.
void Instance::EnterEnding() {
  state_ = v1::Instance::STATE_ENDING;
  environment_.loop->Unwatch(control_watch_);
  client_.reset();
  SetTimer(kOutputTimeout, &Instance::CleanUp);
  AwaitOutput();
}

void Instance::AwaitOutput() {
  if (process_.valid() || runtime_.valid()) return;
  for (OutputCapture* output : {stdout_.get(), stderr_.get()}) {
    if (output != nullptr) output->Drain();
    if (output != nullptr && !output->ended()) return;
  }
  // Not from here: the caller may be the capture that CleanUp destroys.
  SetTimer(absl::ZeroDuration(), &Instance::CleanUp);
}

void Instance::CleanUp() {
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

void Instance::OnCleanedUp(const absl::Status& status) {
  cleaning_ = false;
  if (absl::IsUnavailable(status) && ++cleanup_tries_ < kCleanUpTries) {
    // Somebody is still in there: of a runtime that was killed half way.
    environment_.cgroups->Kill(id_);
    SetTimer(kCleanUpInterval, &Instance::CleanUp);
    return;
  }
  if (!status.ok()) Log(status.message());
  on_end_(this);
}

void Instance::LogOutput() const {
  if (stdout_ != nullptr && !stdout_->Text().empty()) {
    Log("Container stdout: " + base::PrintableLines(stdout_->Text()));
  }
  if (stderr_ != nullptr && !stderr_->Text().empty()) {
    Log("Container stderr: " + base::PrintableLines(stderr_->Text()));
  }
}

std::string Instance::LastErrorLine() const {
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

std::vector<pid_t> Instance::children() const {
  std::vector<pid_t> pids;
  if (runtime_.valid()) pids.push_back(runtime_.pid());
  if (process_.valid()) pids.push_back(process_.pid());
  return pids;
}

v1::Instance Instance::Describe() const {
  v1::Instance result;
  result.set_id(id_);
  if (revision_ != nullptr) {
    result.set_function(revision_->name());
    result.set_revision_id(revision_->id());
  }
  result.set_state(state_);
  *result.mutable_start_time() =
      google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(
          absl::ToUnixMicros(start_time_));
  result.set_peer(offer_.peer());
  return result;
}

}  // namespace faas::runnerd
