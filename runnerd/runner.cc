#include "runnerd/runner.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

constexpr absl::Duration kMaintainInterval = absl::Seconds(5);
// What killed containers get to disappear in, at a stop.
constexpr absl::Duration kKillTime = absl::Seconds(3);

}  // namespace

Runner::Runner(const Options& options, InstanceEnvironment* environment,
               RevisionTable* revisions)
    : options_(options), environment_(*environment), revisions_(*revisions) {
  environment_.cleaner = &cleaner_;
}

absl::StatusOr<std::unique_ptr<Runner>> Runner::Create(
    const Options& options, InstanceEnvironment* environment,
    RevisionTable* revisions) {
  auto runner =
      std::unique_ptr<Runner>(new Runner(options, environment, revisions));
  RETURN_IF_ERROR(runner->Recover());
  runner->Maintain();
  return runner;
}

Runner::~Runner() { environment_.loop->CancelTimer(maintain_timer_); }

absl::Status Runner::Recover() {
  std::set<std::string> ids;
  ASSIGN_OR_RETURN(const auto bundles, fs::ListDirectory(environment_.bundles));
  ASSIGN_OR_RETURN(const auto remembered, environment_.runtime->Remembered());
  const auto groups = environment_.cgroups->List();
  for (const auto* names : {&bundles, &remembered, &groups}) {
    ids.insert(names->begin(), names->end());
  }
  for (const std::string& id : ids) {
    if (instances_.count(id) > 0) continue;
    instances_[id] = Instance::Recover(
        &environment_, id, [this](Instance* i) { OnInstanceEnd(i); });
  }
  return absl::OkStatus();
}

absl::Status Runner::Apply(const rpc::FunctionState& state) {
  const absl::Status status = revisions_.Apply(state);
  if (handoff_ != nullptr || stopping_) return status;
  ASSIGN_OR_RETURN(
      handoff_,
      HandoffServer::Listen(
          environment_.loop, options_.run_dir,
          {.on_offer =
               [this](HandoffServer::Channel channel, const v1::Offer& offer,
                      base::UniqueFd client) {
                 OnOffer(channel, offer, std::move(client));
               },
           .on_end = [this](HandoffServer::Channel c) { OnChannelEnd(c); }}));
  environment_.handoff = handoff_.get();
  return status;
}

void Runner::OnOffer(HandoffServer::Channel channel, const v1::Offer& offer,
                     base::UniqueFd client) {
  log::Line(
      "request",
      absl::StrCat("Handling request from ('",
                   absl::StrReplaceAll(offer.peer(), {{":", "', "}}), ")"));
  if (waiting_.size() >= options_.max_queued) {
    handoff_->Reject(channel, offer.connection_id(),
                     v1::Reject::REASON_OVERLOADED, "");
    return;
  }
  waiting_.push_back(
      {channel, offer, std::move(client), event::EventLoop::Now()});
  StartWaiting();
}

size_t Runner::CountStarting() const {
  return std::count_if(
      instances_.begin(), instances_.end(),
      [](const auto& entry) { return entry.second->starting(); });
}

void Runner::StartWaiting() {
  while (instances_.size() < options_.max_instances &&
         CountStarting() < options_.max_starting) {
    // Offered again, a connection may find what was started for it before still
    // ending: it waits for that.
    const auto next = std::find_if(
        waiting_.begin(), waiting_.end(), [&](const Waiting& waiting) {
          return instances_.count(
                     Instance::IdFor(waiting.offer.connection_id())) == 0;
        });
    if (next == waiting_.end()) return;
    Waiting waiting = std::move(*next);
    waiting_.erase(next);
    StartOne(std::move(waiting));
  }
}

void Runner::StartOne(Waiting waiting) {
  const uint64_t connection = waiting.offer.connection_id();
  std::shared_ptr<const Revision> revision =
      revisions_.Find(waiting.offer.function());
  if (revision == nullptr) {
    handoff_->Reject(waiting.channel, connection,
                     v1::Reject::REASON_UNKNOWN_FUNCTION, "");
    return;
  }
  auto instance = Instance::Start(
      &environment_, std::move(revision), waiting.channel, waiting.offer,
      std::move(waiting.client), [this](Instance* i) { OnInstanceEnd(i); });
  if (!instance.ok()) {
    log::Line("request", std::string(instance.status().message()));
    handoff_->Reject(waiting.channel, connection,
                     v1::Reject::REASON_START_FAILED,
                     std::string(instance.status().message()));
    return;
  }
  instances_[(*instance)->id()] = *std::move(instance);
}

// What was not committed belongs to gatewayd again.
void Runner::OnChannelEnd(HandoffServer::Channel channel) {
  waiting_.erase(std::remove_if(waiting_.begin(), waiting_.end(),
                                [&](const Waiting& waiting) {
                                  return waiting.channel == channel;
                                }),
                 waiting_.end());
  for (auto& [id, instance] : instances_) {
    if (instance->channel() == channel) instance->Abort();
  }
}

void Runner::OnInstanceEnd(Instance* instance) {
  instances_.erase(instance->id());
  StartWaiting();
  if (on_drained_ != nullptr && instances_.empty()) on_drained_();
}

void Runner::Maintain() {
  const absl::Time oldest = event::EventLoop::Now() - options_.queue_timeout;
  while (!waiting_.empty() && waiting_.front().since < oldest) {
    handoff_->Reject(waiting_.front().channel,
                     waiting_.front().offer.connection_id(),
                     v1::Reject::REASON_OVERLOADED, "waited for too long");
    waiting_.pop_front();
  }
  revisions_.ExpirePrepared();
  // Also what the runtime of a runnerd that was killed has made since, and what
  // could not be removed before.
  const absl::Status recovered = Recover();
  if (!recovered.ok()) log::Line("request", std::string(recovered.message()));
  std::set<pid_t> owned;
  for (const auto& [id, instance] : instances_) {
    for (const pid_t pid : instance->children()) owned.insert(pid);
  }
  reaper_.Reap(owned);
  StartWaiting();
  maintain_timer_ =
      environment_.loop->After(kMaintainInterval, [this] { Maintain(); });
}

void Runner::Drain(absl::Time deadline, std::function<void()> on_drained) {
  stopping_ = true;
  if (handoff_ != nullptr) handoff_->Close();
  if (instances_.empty()) {
    on_drained();
    return;
  }
  on_drained_ = std::move(on_drained);
  environment_.loop->After(deadline - event::EventLoop::Now(), [this] {
    for (auto& [id, instance] : instances_) instance->Kill();
    environment_.loop->After(kKillTime, on_drained_);
  });
}

std::vector<v1::Instance> Runner::ListInstances() const {
  std::vector<v1::Instance> result;
  for (const auto& [id, instance] : instances_) {
    result.push_back(instance->Describe());
  }
  std::sort(result.begin(), result.end(),
            [](const v1::Instance& a, const v1::Instance& b) {
              return std::make_pair(a.start_time().seconds(),
                                    a.start_time().nanos()) <
                     std::make_pair(b.start_time().seconds(),
                                    b.start_time().nanos());
            });
  return result;
}

}  // namespace faas::runnerd
