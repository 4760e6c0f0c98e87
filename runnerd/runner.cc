#include "runnerd/runner.h"

#include <sys/epoll.h>
#include <sys/random.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "common/net/hang_up.h"

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

std::string AddressOf(absl::string_view peer) {
  return std::string(peer.substr(0, peer.rfind(':')));
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

absl::Status Runner::Apply(const rpc::FunctionState& state) {
  const absl::Status status = revisions_.Apply(state);
  for (const auto& [name, function] : state.functions) {
    FunctionSettings& settings = settings_[name];
    settings = options_.defaults.With(function.options());
    scheduler_.SetLimits(name, settings.limits);
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
          &loop_, options_.run_dir,
          {.on_offer =
               [this](HandoffServer::Channel channel, const v1::Offer& offer,
                      base::UniqueFd client) {
                 OnOffer({channel, offer, std::move(client)});
               },
           .on_end = [this](HandoffServer::Channel c) { OnChannelEnd(c); }}));
  environment_.handoff = handoff_.get();
  return absl::OkStatus();
}

void Runner::OnOffer(OfferedConnection connection) {
  const v1::Offer& offer = connection.offer;
  log::Line(
      "request",
      absl::StrCat("Handling request from ('",
                   absl::StrReplaceAll(offer.peer(), {{":", "', "}}), ")"));
  const std::string& function = offer.function();
  const auto revision = revisions_.Find(function);
  if (revision == nullptr) {
    Reject(connection, v1::Reject::REASON_UNKNOWN_FUNCTION, "");
    return;
  }
  SettingsOf(*revision);
  const absl::Time now = event::EventLoop::Now();
  if (SparePool* pool = spares_.Find(function)) pool->OnArrival(now);
  // Offered again, after a channel has ended: what was started for it before
  // is still ending.
  Detach(offer.connection_id());
  const auto refused = scheduler_.Add(
      {offer.connection_id(), function, AddressOf(offer.peer())}, now);
  if (refused.has_value()) {
    Reject(connection, *refused, "");
    return;
  }
  Wait(std::move(connection));
}

// It may get a container at once, or be there when there is one.
void Runner::Wait(OfferedConnection connection) {
  const uint64_t id = connection.offer.connection_id();
  waiting_[id] = {std::move(connection)};
  Dispatch();
  const auto it = waiting_.find(id);
  if (it == waiting_.end()) return;
  const auto watch = loop_.Watch(it->second.connection.fd.get(), EPOLLRDHUP,
                                 [this, id](uint32_t) { OnHangUp(id); });
  // Without it, it is noticed when its turn comes.
  if (watch.ok()) it->second.hang_up_watch = *watch;
}

void Runner::Reject(const OfferedConnection& connection,
                    v1::Reject::Reason reason, const std::string& detail) {
  handoff_->Reject(connection.channel, connection.offer.connection_id(), reason,
                   detail);
}

// What was not committed belongs to gatewayd again.
void Runner::OnChannelEnd(HandoffServer::Channel channel) {
  const bool outer = std::exchange(dispatching_, true);
  for (auto it = waiting_.begin(); it != waiting_.end();) {
    const auto entry = it++;
    if (entry->second.connection.channel != channel) continue;
    loop_.Unwatch(entry->second.hang_up_watch);
    scheduler_.Remove(entry->first, event::EventLoop::Now());
    waiting_.erase(entry);
  }
  for (auto& [id, instance] : instances_) {
    if (instance->channel() != channel) continue;
    log::Line("request", absl::StrCat("Container ", id,
                                      " lost its connection; killing it"));
    Detach(*instance->connection_id());
    instance->Kill();
  }
  dispatching_ = outer;
  Dispatch();
}

void Runner::Detach(uint64_t id) {
  if (active_.erase(id) > 0) scheduler_.Remove(id, event::EventLoop::Now());
}

// Gives containers to those that wait, as long as there are any to be had.
void Runner::Dispatch() {
  if (dispatching_ || handoff_ == nullptr) return;
  dispatching_ = true;
  const auto can_start = [this](const std::string& function) {
    if (starting_ < options_.max_starting) return true;
    SparePool* pool = spares_.Find(function);
    return pool != nullptr && pool->CanServe(revisions_.Find(function).get());
  };
  while (const auto id = scheduler_.Take(event::EventLoop::Now(), can_start)) {
    Serve(*id);
  }
  if (expiry_timer_ == 0 && scheduler_.waiting() > 0) OnExpiry();
  dispatching_ = false;
  KeepSpares();
}

void Runner::Serve(uint64_t id) {
  auto node = waiting_.extract(id);
  loop_.Unwatch(node.mapped().hang_up_watch);
  OfferedConnection connection = std::move(node.mapped().connection);
  const std::shared_ptr<const Revision> revision =
      revisions_.Find(connection.offer.function());
  if (revision == nullptr || HasHungUp(connection)) {
    Reject(connection,
           revision == nullptr ? v1::Reject::REASON_UNKNOWN_FUNCTION
                               : v1::Reject::REASON_CLIENT_GONE,
           "");
    scheduler_.Remove(id, event::EventLoop::Now());
    return;
  }
  SparePool* pool = spares_.Find(revision->name());
  Instance* spare = pool == nullptr ? nullptr : pool->Claim(revision.get());
  if (spare == nullptr) {
    StartFor(std::move(connection), revision);
    return;
  }
  active_[id] = spare;
  if (spare->state() == v1::Instance::STATE_STARTING) ++starting_;
  spare->Assign(std::move(connection));
}

void Runner::StartFor(OfferedConnection connection,
                      std::shared_ptr<const Revision> revision) {
  const uint64_t id = connection.offer.connection_id();
  const Deadlines& deadlines = SettingsOf(*revision).deadlines;
  auto instance = Instance::Start(&environment_, std::move(revision),
                                  FreeId(id), deadlines, connection, this);
  if (!instance.ok()) {
    const std::string why(instance.status().message());
    log::Line("request", why);
    Reject(connection,
           absl::IsResourceExhausted(instance.status())
               ? v1::Reject::REASON_OVERLOADED
               : v1::Reject::REASON_START_FAILED,
           why);
    scheduler_.Remove(id, event::EventLoop::Now());
    return;
  }
  ++starting_;
  active_[id] = instance->get();
  instances_[(*instance)->id()] = *std::move(instance);
}

// The container's id for a connection or a spare; what had it before may still
// be ending.
std::string Runner::FreeId(uint64_t number) const {
  const std::string id = Instance::IdFor(number);
  if (instances_.count(id) == 0) return id;
  for (int i = 2;; ++i) {
    const std::string next = absl::StrCat(id, "-", i);
    if (instances_.count(next) == 0) return next;
  }
}

bool Runner::HasHungUp(const OfferedConnection& connection) const {
  const auto settings = settings_.find(connection.offer.function());
  return net::HasHungUp(
      connection.fd.get(),
      settings == settings_.end() || settings->second.client_speaks_first);
}

void Runner::OnHangUp(uint64_t id) {
  const auto it = waiting_.find(id);
  if (it == waiting_.end()) return;
  Waiting& waiting = it->second;
  if (!HasHungUp(waiting.connection)) {
    // It has said all that it will say, and waits for the answer.
    loop_.Unwatch(waiting.hang_up_watch);
    return;
  }
  loop_.Unwatch(waiting.hang_up_watch);
  Reject(waiting.connection, v1::Reject::REASON_CLIENT_GONE, "");
  scheduler_.Remove(id, event::EventLoop::Now());
  waiting_.erase(it);
}

// Turns away those that have waited for too long, and comes again for the next.
void Runner::OnExpiry() {
  const absl::Time now = event::EventLoop::Now();
  for (const uint64_t id : scheduler_.TakeExpired(now)) {
    const auto node = waiting_.extract(id);
    loop_.Unwatch(node.mapped().hang_up_watch);
    Reject(node.mapped().connection, v1::Reject::REASON_QUEUE_TIMEOUT, "");
  }
  expiry_timer_ = 0;
  if (scheduler_.waiting() == 0) return;
  expiry_timer_ =
      loop_.After(scheduler_.next_expiry() - now, [this] { OnExpiry(); });
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

void Runner::OnFailure(Instance* instance, OfferedConnection connection,
                       const Instance::Failure& failure) {
  const uint64_t id = connection.offer.connection_id();
  const absl::Time now = event::EventLoop::Now();
  const bool again =
      failure.retry && connection.starts < kMaxStarts &&
      (connection.starts == 0 || now < connection.start_deadline);
  if (!again) {
    Reject(connection, failure.reason, failure.detail);
    return;
  }
  log::Line("request", absl::StrCat("Connection of container ", instance->id(),
                                    " gets another: ", failure.detail));
  active_.erase(id);
  scheduler_.Return(id, now);
  Wait(std::move(connection));
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
