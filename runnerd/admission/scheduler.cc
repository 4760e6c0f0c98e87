#include "runnerd/admission/scheduler.h"

#include <algorithm>
#include <tuple>

namespace faas::runnerd {
namespace {

// The time over which the rate of a function is taken.
constexpr absl::Duration kRateWindow = absl::Seconds(1);

}  // namespace

void Scheduler::SetLimits(const std::string& function,
                          const FunctionLimits& limits) {
  Function& entry = functions_[function];
  entry.name = function;
  entry.limits = limits;
  entry.forgotten = false;
}

void Scheduler::Forget(const std::string& function) {
  const auto it = functions_.find(function);
  if (it == functions_.end()) return;
  it->second.forgotten = true;
  if (it->second.queue.empty() && it->second.active == 0) functions_.erase(it);
}

void Scheduler::ForgetTaken(Function& function, absl::Time now) {
  while (!function.taken.empty() &&
         function.taken.front() <= now - kRateWindow) {
    function.taken.pop_front();
  }
}

// Returns whether one more connection would wait for too long, and for another
// reason than a burst.
bool Scheduler::IsOverloaded(Function& function, absl::Time now) const {
  if (function.queue.empty() ||
      now - function.busy_since < limits_.overload_after) {
    return false;
  }
  ForgetTaken(function, now);
  const double served = static_cast<double>(function.taken.size()) *
                        absl::FDivDuration(limits_.overload_wait, kRateWindow);
  return static_cast<double>(function.queue.size()) >= std::max(1.0, served);
}

absl::optional<internal::v1::Reject::Reason> Scheduler::Add(
    Connection connection, absl::Time now) {
  Function& function = functions_[connection.function];
  function.name = connection.function;
  if (waiting_ >= limits_.max_waiting)
    return internal::v1::Reject::REASON_OVERLOADED;
  if (function.queue.size() >= function.limits.max_waiting ||
      IsOverloaded(function, now)) {
    return internal::v1::Reject::REASON_QUEUE_FULL;
  }
  if (limits_.max_per_client == 0) {
    connection.client.clear();
  } else if (size_t& connections = clients_[connection.client];
             connections >= limits_.max_per_client) {
    return internal::v1::Reject::REASON_CLIENT_LIMIT;
  } else {
    ++connections;
  }
  Entry& entry = connections_[connection.id];
  entry.function = &function;
  entry.client = std::move(connection.client);
  entry.since = now;
  Enqueue(connection.id, entry, now, false);
  return absl::nullopt;
}

void Scheduler::Enqueue(uint64_t id, Entry& entry, absl::Time now, bool first) {
  Function& function = *entry.function;
  if (function.queue.empty()) {
    function.busy_since = now;
    queued_.insert(&function);
  }
  entry.active = false;
  entry.expiry = entry.since + function.limits.max_wait;
  entry.place = function.queue.insert(
      first ? function.queue.begin() : function.queue.end(), id);
  expiries_.insert({entry.expiry, id});
  ++waiting_;
}

void Scheduler::LeaveQueue(uint64_t id, Entry& entry) {
  Function& function = *entry.function;
  function.queue.erase(entry.place);
  if (function.queue.empty()) queued_.erase(&function);
  expiries_.erase({entry.expiry, id});
  --waiting_;
}

absl::optional<uint64_t> Scheduler::Take(
    absl::Time now,
    absl::FunctionRef<bool(const std::string& function)> can_start) {
  if (active() >= limits_.max_active) return absl::nullopt;
  Function* next = nullptr;
  // How busy the function is; among equals, who has waited longest.
  std::tuple<size_t, absl::Time, uint64_t> lowest;
  for (Function* function : queued_) {
    // A function that was removed has no limits: its connections are taken so
    // that the caller rejects them.
    if (!function->forgotten &&
        function->active >= function->limits.max_active) {
      continue;
    }
    const uint64_t first = function->queue.front();
    const std::tuple rank = {function->active, connections_.at(first).since,
                             first};
    if ((next == nullptr || rank < lowest) && can_start(function->name)) {
      next = function;
      lowest = rank;
    }
  }
  if (next == nullptr) return absl::nullopt;
  const uint64_t id = next->queue.front();
  Entry& entry = connections_.at(id);
  LeaveQueue(id, entry);
  entry.active = true;
  ++next->active;
  ForgetTaken(*next, now);
  next->taken.push_back(now);
  return id;
}

void Scheduler::Return(uint64_t id, absl::Time now) {
  const auto it = connections_.find(id);
  if (it == connections_.end() || !it->second.active) return;
  --it->second.function->active;
  Enqueue(id, it->second, now, true);
}

void Scheduler::Remove(uint64_t id, absl::Time) {
  const auto it = connections_.find(id);
  if (it == connections_.end()) return;
  if (it->second.active) {
    --it->second.function->active;
  } else {
    LeaveQueue(id, it->second);
  }
  Erase(id);
}

// Forgets a connection that has left the queue or is not active any more, and
// whatever only it needed.
void Scheduler::Erase(uint64_t id) {
  const auto node = connections_.extract(id);
  const Entry& entry = node.mapped();
  if (const auto client = clients_.find(entry.client);
      client != clients_.end() && --client->second == 0) {
    clients_.erase(client);
  }
  const Function& function = *entry.function;
  if (function.forgotten && function.queue.empty() && function.active == 0) {
    functions_.erase(std::string(function.name));
  }
}

std::vector<uint64_t> Scheduler::TakeExpired(absl::Time now) {
  std::vector<uint64_t> expired;
  while (!expiries_.empty() && expiries_.begin()->first <= now) {
    expired.push_back(expiries_.begin()->second);
    Remove(expired.back(), now);
  }
  return expired;
}

absl::Time Scheduler::next_expiry() const {
  return expiries_.empty() ? absl::InfiniteFuture() : expiries_.begin()->first;
}

size_t Scheduler::waiting(const std::string& function) const {
  const auto it = functions_.find(function);
  return it == functions_.end() ? 0 : it->second.queue.size();
}

size_t Scheduler::active(const std::string& function) const {
  const auto it = functions_.find(function);
  return it == functions_.end() ? 0 : it->second.active;
}

}  // namespace faas::runnerd
