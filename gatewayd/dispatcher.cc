#include "gatewayd/dispatcher.h"

#include <sys/random.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/printable.h"
#include "common/log/log.h"
#include "common/net/hang_up.h"
#include "common/net/ipv4.h"

namespace faas::gatewayd {
namespace {

// runnerd empties a full channel within a few turns of its loop.
constexpr absl::Duration kRetryInterval = absl::Milliseconds(2);
constexpr absl::Duration kAgeCheckInterval = absl::Milliseconds(500);

// Ids of a previous run must not come back, so the upper half is random.
uint64_t FirstId() {
  uint32_t random = 0;
  [[maybe_unused]] const ssize_t n = getrandom(&random, sizeof(random), 0);
  return uint64_t{random} << 32 | 1;
}

}  // namespace

Dispatcher::Dispatcher(event::EventLoop* loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      next_id_(FirstId()),
      lingering_close_(loop),
      client_(loop, options_.handoff_socket,
              {.on_commit = [this](const handoff::Commit& c) { OnCommit(c); },
               .on_reject = [this](const handoff::Reject& r) { OnReject(r); },
               .on_up = [this] { OfferParked(); },
               .on_down = [this] { OnDown(); }}) {
  CheckAges();
}

Dispatcher::~Dispatcher() {
  loop_->CancelTimer(retry_timer_);
  loop_->CancelTimer(age_timer_);
}

void Dispatcher::Add(Accepted accepted, const std::string& function) {
  const std::string peer = net::ToString(accepted.peer);
  log::Line("server", absl::StrCat("Request from ('", peer, "', ",
                                   accepted.peer_port, ") → ", function));
  log::WriteOut();  // Must be in the log before what runnerd logs about it.
  ++counters_[function].accepted;
  const uint64_t id = next_id_++;
  handoff::Offer offer = {.connection_id = id,
                          .function = function,
                          .peer = absl::StrCat(peer, ":", accepted.peer_port),
                          .accept_time = absl::Now()};
  connections_.emplace(id,
                       Connection{std::move(accepted.fd), accepted.protocol,
                                  std::move(offer), event::EventLoop::Now()});
  if (connections_.size() > options_.max_pending) {
    Answer(id, TooManyPending(), "");
    return;
  }
  parked_.push_back(id);
  OfferParked();
  const auto it = connections_.find(id);
  if (it != connections_.end()) it->second.waited = !it->second.offered;
}

// Only a connection that has waited is worth the system call.
bool Dispatcher::ClientHasGone(const Connection& connection) {
  return connection.waited &&
         net::HasHungUp(connection.fd.get(),
                        connection.protocol == Protocol::kHttp);
}

void Dispatcher::OfferParked() {
  while (!parked_.empty() && client_.up()) {
    const uint64_t id = parked_.front();
    const auto it = connections_.find(id);
    if (it != connections_.end()) {
      if (ClientHasGone(it->second)) {
        Answer(id, AnswerFor(handoff::Reject::Reason::kClientGone), "");
      } else if (!Offer(it->second)) {
        return;
      }
    }
    parked_.pop_front();
  }
}

bool Dispatcher::Offer(Connection& connection) {
  const absl::Status status =
      client_.Offer(connection.offer, connection.fd.get());
  if (absl::IsResourceExhausted(status)) {
    loop_->CancelTimer(retry_timer_);
    retry_timer_ = loop_->After(kRetryInterval, [this] { OfferParked(); });
  }
  // The timer tries again if the channel is full; otherwise OnDown follows.
  if (!status.ok()) return false;
  connection.offered = true;
  ++connection.offers;
  return true;
}

void Dispatcher::OnCommit(const handoff::Commit& commit) {
  const auto it = connections_.find(commit.connection_id);
  if (it == connections_.end()) return;
  ++counters_[it->second.offer.function].committed;
  connections_.erase(it);  // Closes our copy; the container gets its own.
}

void Dispatcher::OnReject(const handoff::Reject& reject) {
  const auto it = connections_.find(reject.connection_id);
  if (it == connections_.end()) return;
  if (options_.on_overload != nullptr &&
      (reject.reason == handoff::Reject::Reason::kQueueFull ||
       reject.reason == handoff::Reject::Reason::kOverloaded)) {
    options_.on_overload(it->second.offer.function);
  }
  Answer(reject.connection_id, AnswerFor(reject.reason), reject.detail);
}

// Parks the connections that runnerd has neither committed nor rejected, oldest
// first, so that they are offered on the next channel.
void Dispatcher::OnDown() {
  parked_.clear();
  std::vector<uint64_t> poisoned;
  for (auto& [id, connection] : connections_) {
    connection.offered = false;
    connection.waited = true;
    if (connection.offers < kMaxOffers) {
      parked_.push_back(id);
    } else {
      poisoned.push_back(id);
    }
  }
  std::sort(parked_.begin(), parked_.end());
  for (const uint64_t id : poisoned) Answer(id, TooManyOffers(), "");
}

void Dispatcher::CheckAges() {
  const absl::Time limit = event::EventLoop::Now() - options_.handoff_timeout;
  std::vector<uint64_t> unanswered, unoffered;
  for (const auto& [id, connection] : connections_) {
    if (connection.accepted > limit) continue;
    (connection.offered ? unanswered : unoffered).push_back(id);
  }
  for (const uint64_t id : unoffered) Answer(id, RunnerAway(), "");
  if (!unanswered.empty()) {
    // While the channel is up, runnerd may still commit them. After it has
    // ended it cannot, and gatewayd may answer them.
    log::Line("handoff", "runnerd does not answer; starting a new channel");
    client_.Drop();
    for (const uint64_t id : unanswered) Answer(id, HandoffTimeout(), "");
  }
  age_timer_ = loop_->After(kAgeCheckInterval, [this] { CheckAges(); });
}

void Dispatcher::Shutdown() {
  client_.Drop();
  std::vector<uint64_t> ids;
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const uint64_t id : ids) Answer(id, ShuttingDown(), "");
}

void Dispatcher::Answer(uint64_t id, const PlatformAnswer& answer,
                        const std::string& detail) {
  const auto it = connections_.find(id);
  if (it == connections_.end()) return;
  const std::string& function = it->second.offer.function;
  const Protocol protocol = it->second.protocol;
  const bool silently = answer.code == 0 || protocol == Protocol::kTcp;
  log::Line("server",
            absl::StrCat(silently ? "Closed" : absl::StrCat(answer.code), " ",
                         answer.reason, " to ", it->second.offer.peer, " from ",
                         function, detail.empty() ? "" : ": ",
                         base::Printable(detail)));
  ++counters_[function].rejected;
  if (!silently) {
    lingering_close_.AnswerAndClose(std::move(it->second.fd),
                                    HttpResponse(answer, function));
  }
  connections_.erase(it);
}

Dispatcher::Counters Dispatcher::CountersOf(const std::string& function) const {
  const auto it = counters_.find(function);
  return it == counters_.end() ? Counters() : it->second;
}

}  // namespace faas::gatewayd
