#include "runnerd/runner.h"

#include <sys/random.h>

#include <algorithm>
#include <set>
#include <utility>

#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

constexpr absl::Duration kMaintainInterval = absl::Seconds(5);
// What killed containers get to disappear in, at a stop.
constexpr absl::Duration kKillTime = absl::Seconds(3);

// Ids of spares must not be those of connections, nor of an earlier life's.
uint64_t FirstSpare() {
  uint32_t life = 0;
  [[maybe_unused]] const ssize_t n = getrandom(&life, sizeof(life), 0);
  return uint64_t{life} << 32;
}

}  // namespace

Runner::Runner(const Options& options, InstanceEnvironment* environment,
               RevisionTable* revisions)
    : options_(options),
      environment_(*environment),
      loop_(*environment->container.loop),
      revisions_(*revisions),
      scheduler_(options.limits),
      spares_(options.spares),
      next_spare_(FirstSpare()) {
  environment_.container.cleaner = &cleaner_;
  environment_.container.creator = &creator_;
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

Runner::~Runner() {
  loop_.CancelTimer(maintain_timer_);
  loop_.CancelTimer(expiry_timer_);
  loop_.CancelTimer(spare_timer_);
  loop_.CancelTimer(refill_timer_);
  for (auto& [id, waiting] : waiting_) loop_.Unwatch(waiting.hang_up_watch);
}

absl::Status Runner::Recover() {
  std::set<std::string> ids;
  const ContainerEnvironment& containers = environment_.container;
  ASSIGN_OR_RETURN(const auto bundles, fs::ListDirectory(containers.bundles));
  ASSIGN_OR_RETURN(const auto remembered, containers.runtime->Remembered());
  const auto groups = containers.cgroups->List();
  for (const auto* names : {&bundles, &remembered, &groups}) {
    ids.insert(names->begin(), names->end());
  }
  for (const std::string& id : ids) {
    if (instances_.count(id) > 0) continue;
    instances_[id] =
        Instance::Recover(&environment_, id, options_.defaults.deadlines, this);
  }
  return absl::OkStatus();
}

void Runner::Maintain() {
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
  maintain_timer_ = loop_.After(kMaintainInterval, [this] { Maintain(); });
}

const FunctionSettings& Runner::SettingsOf(const Revision& revision) {
  const auto it = settings_.find(revision.name());
  if (it != settings_.end()) return it->second;
  // gatewayd is ahead of our own watch.
  FunctionSettings& settings = settings_[revision.name()];
  settings = options_.defaults.With(revision.function().options());
  scheduler_.SetLimits(revision.name(), settings.limits);
  return settings;
}

absl::Status Runner::Apply(const function::FunctionState& state) {
  const absl::Status status = revisions_.Apply(state);
  endpoints_.clear();
  for (const auto& [name, function] : state.functions) {
    FunctionSettings& settings = settings_[name];
    settings = options_.defaults.With(function.options());
    scheduler_.SetLimits(name, settings.limits);
    // registryd wrote it; a newer one's may be of another kind.
    if (const auto address = net::ParseIpv4(function.address()); address.ok()) {
      endpoints_[name] = {*address, static_cast<uint16_t>(function.port())};
    }
    if (SparePool* pool = spares_.Find(name);
        pool != nullptr || function.options().has_warm()) {
      spares_.Of(name).SetPolicy(settings.spares);
    }
  }
  std::vector<std::string> gone;
  for (const auto& [name, settings] : settings_) {
    if (state.functions.count(name) == 0) gone.push_back(name);
  }
  for (const std::string& name : gone) {
    settings_.erase(name);
    scheduler_.Forget(name);
    if (SparePool* pool = spares_.Find(name)) pool->SetPolicy({});
  }
  if (stopping_) return status;
  if (handoff_ == nullptr) RETURN_IF_ERROR(Listen());
  loop_.CancelTimer(spare_timer_);
  OnSpareTime();  // an older revision's are of no use any more
  Dispatch();
  return status;
}

absl::Status Runner::Listen() {
  ASSIGN_OR_RETURN(
      handoff_,
      HandoffServer::Listen(
          &loop_, options_.run_dir, options_.gateway,
          {.on_offer =
               [this](HandoffServer::Channel channel,
                      const internal::v1::Offer& offer, base::UniqueFd client) {
                 OnOffer({channel, offer, std::move(client)});
               },
           .on_end = [this](HandoffServer::Channel c) { OnChannelEnd(c); }}));
  environment_.handoff = handoff_.get();
  return absl::OkStatus();
}

void Runner::OnStateChange(Instance* instance, v1::Instance::State from) {
  if (from == v1::Instance::STATE_STARTING &&
      instance->state() != v1::Instance::STATE_ENDING) {
    if (SparePool* pool = spares_.Find(instance->revision()->name())) {
      pool->OnCreated(instance->creation_time());
    }
  }
  if (!instance->connection_id().has_value()) {
    OnSpareChange(instance);
  } else if (from == v1::Instance::STATE_STARTING) {
    --starting_;
  }
  Dispatch();
}

void Runner::OnGone(Instance* instance) {
  if (const auto id = instance->connection_id(); id.has_value()) {
    const auto it = active_.find(*id);
    if (it != active_.end() && it->second == instance) Detach(*id);
  }
  instances_.erase(instance->id());
  Dispatch();
  if (on_drained_ != nullptr && instances_.empty()) on_drained_();
}

void Runner::Drain(absl::Time deadline, std::function<void()> on_drained) {
  stopping_ = true;
  if (handoff_ != nullptr) handoff_->Close();
  for (auto& [id, instance] : instances_) {
    if (!instance->connection_id().has_value() &&
        instance->revision() != nullptr) {
      instance->Kill();
    }
  }
  if (instances_.empty()) {
    on_drained();
    return;
  }
  on_drained_ = std::move(on_drained);
  loop_.After(deadline - event::EventLoop::Now(), [this] {
    for (auto& [id, instance] : instances_) instance->Kill();
    loop_.After(kKillTime, on_drained_);
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
