#include "runnerd/runner.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

constexpr absl::Duration kMaintainInterval = absl::Seconds(5);
// How long killed containers may take to disappear at a stop.
constexpr absl::Duration kKillTime = absl::Seconds(3);

}  // namespace

Runner::Runner(const Options& options, const ContainerEnvironment* containers,
               RevisionTable* revisions)
    : options_(options),
      loop_(*containers->loop),
      revisions_(*revisions),
      admission_(&loop_, options.admission, this),
      warm_pool_(&loop_, options.warm, revisions, containers->cgroups, this),
      functions_(options.defaults, &admission_, &warm_pool_),
      instances_({.container = containers,
                  .admission = &admission_,
                  .kill_grace = options.kill_grace},
                 options.defaults.deadlines, this) {}

absl::StatusOr<std::unique_ptr<Runner>> Runner::Create(
    const Options& options, const ContainerEnvironment* containers,
    RevisionTable* revisions) {
  auto runner =
      std::unique_ptr<Runner>(new Runner(options, containers, revisions));
  RETURN_IF_ERROR(runner->instances_.Recover());
  runner->Maintain();
  return runner;
}

Runner::~Runner() {
  loop_.CancelTimer(maintain_timer_);
  loop_.CancelTimer(kill_timer_);
}

void Runner::Maintain() {
  revisions_.ExpirePrepared();
  const absl::Status recovered = instances_.Recover();
  if (!recovered.ok()) log::Line("request", std::string(recovered.message()));
  instances_.ReapStrays();
  maintain_timer_ = loop_.After(kMaintainInterval, [this] { Maintain(); });
}

absl::Status Runner::Apply(const function::FunctionState& state) {
  const absl::Status status = revisions_.Apply(state);
  functions_.Apply(state);
  if (draining_) return status;
  RETURN_IF_ERROR(admission_.Listen());
  warm_pool_.EndSuperfluous();  // instances of older revisions among them
  Dispatch();
  return status;
}

void Runner::Dispatch() {
  while (absl::optional<OfferedConnection> connection = TakeConnection()) {
    Serve(*std::move(connection));
  }
  warm_pool_.Refill();
}

absl::optional<OfferedConnection> Runner::TakeConnection() {
  if (!admission_.HasWaiting()) return absl::nullopt;
  const bool may_start =
      instances_.StartingForConnections() < options_.max_starting;
  return admission_.Take([&](const std::string& function) {
    return may_start || warm_pool_.CanServe(function);
  });
}

void Runner::Serve(OfferedConnection connection) {
  std::shared_ptr<const Revision> revision =
      revisions_.Find(connection.offer.function());
  if (Instance* warm = warm_pool_.Claim(*revision)) {
    warm->Assign(std::move(connection));
  } else {
    StartFor(std::move(connection), std::move(revision));
  }
}

void Runner::StartFor(OfferedConnection connection,
                      std::shared_ptr<const Revision> revision) {
  const Deadlines& deadlines = functions_.Of(*revision).deadlines;
  const auto instance =
      instances_.Start(std::move(revision), deadlines, connection);
  if (instance.ok()) return;
  const std::string why(instance.status().message());
  log::Line("request", why);
  admission_.Reject(connection,
                    absl::IsResourceExhausted(instance.status())
                        ? internal::v1::Reject::REASON_OVERLOADED
                        : internal::v1::Reject::REASON_START_FAILED,
                    why);
  admission_.Release(connection.ticket);
}

bool Runner::KnowsFunction(const std::string& function) {
  const auto revision = revisions_.Find(function);
  if (revision == nullptr) return false;
  functions_.Of(*revision);  // calls Admission::SetRules if it is new
  return true;
}

void Runner::OnArrival(const std::string& function) {
  warm_pool_.OnArrival(function);
}

void Runner::OnChannelEnd(HandoffServer::Channel channel) {
  instances_.ForEach([&](Instance& instance) {
    if (instance.channel() != channel) return;
    if (instance.state() != v1::Instance::STATE_ENDING) {
      log::Line("request", absl::StrCat("Container ", instance.id(),
                                        " lost its connection; killing it"));
    }
    admission_.Release(instance.ticket());
    instance.Kill();
  });
  Dispatch();
}

Instance* Runner::StartWarm(const std::string& function) {
  std::shared_ptr<const Revision> revision = revisions_.Find(function);
  if (revision == nullptr) return nullptr;
  const Deadlines& deadlines = functions_.Of(*revision).deadlines;
  return instances_.StartWarm(std::move(revision), deadlines);
}

void Runner::OnStarted(Instance* instance) {
  warm_pool_.OnStarted(instance);
  Dispatch();
}

void Runner::OnFailure(Instance* instance, OfferedConnection connection,
                       const Instance::Failure& failure) {
  const bool again = failure.retry && connection.starts < kMaxStarts &&
                     (connection.starts == 0 ||
                      event::EventLoop::Now() < connection.start_deadline);
  if (!again) {
    admission_.Reject(connection, failure.reason, failure.detail);
    return;
  }
  log::Line("request", absl::StrCat("Connection of container ", instance->id(),
                                    " gets another: ", failure.detail));
  instance->ForgetConnection();
  admission_.Return(std::move(connection));
  Dispatch();
}

void Runner::OnEnding(Instance* instance) {
  warm_pool_.OnEnding(instance);
  Dispatch();
}

void Runner::OnGone(Instance* instance) {
  admission_.Release(instance->ticket());
  instances_.Erase(instance);
  Dispatch();
  if (draining_ && instances_.empty()) on_drained_();
}

void Runner::Drain(absl::Time deadline, std::function<void()> on_drained) {
  draining_ = true;
  on_drained_ = std::move(on_drained);
  warm_pool_.Stop();
  admission_.Close();
  if (instances_.empty()) {
    on_drained_();
    return;
  }
  kill_timer_ =
      loop_.After(deadline - event::EventLoop::Now(), [this] { KillRest(); });
}

void Runner::KillRest() {
  instances_.ForEach([](Instance& instance) { instance.Kill(); });
  kill_timer_ = loop_.After(kKillTime, on_drained_);
}

}  // namespace faas::runnerd
