#include "common/rpc/call_rate.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace faas::rpc {
namespace {

// The property of a connection's context that holds its number. The context
// lives as long as the connection.
constexpr char kMark[] = "faasd_connection";
// When this many connections are remembered, those that need not be are
// removed.
constexpr size_t kFirstSweep = 256;

grpc::Status TooMany(absl::string_view whose, int rate) {
  return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                      absl::StrCat(whose, " began more than ", rate,
                                   " calls in a second; try again later"));
}

}  // namespace

double CallRate::Bucket::LevelAt(absl::Time now) const {
  const double seconds = absl::ToDoubleSeconds(now - filled_);
  return std::min(burst_, level_ + rate_ * std::max(seconds, 0.0));
}

bool CallRate::Bucket::Take(absl::Time now) {
  level_ = LevelAt(now);
  filled_ = now;
  if (level_ < 1) return false;
  level_ -= 1;
  return true;
}

CallRate::CallRate(int per_connection, std::optional<int> total)
    : per_connection_(per_connection),
      total_(total),
      sweep_at_(kFirstSweep),
      all_(total.value_or(0), kBurstOfAll) {}

CallRate::Bucket& CallRate::BucketOf(grpc::AuthContext* context,
                                     absl::Time now) {
  const std::vector<grpc::string_ref> marks =
      context->FindPropertyValues(kMark);
  uint64_t id = 0;
  if (marks.empty() ||
      !absl::SimpleAtoi(absl::string_view(marks[0].data(), marks[0].size()),
                        &id)) {
    id = next_id_++;
    context->AddProperty(kMark, std::to_string(id));
  }
  if (buckets_.size() >= sweep_at_) {
    // A full bucket says no more than a new one.
    for (auto each = buckets_.begin(); each != buckets_.end();) {
      each = each->second.Full(now) ? buckets_.erase(each) : std::next(each);
    }
    sweep_at_ = std::max(kFirstSweep, 2 * buckets_.size());
  }
  return buckets_.try_emplace(id, per_connection_, kBurst).first->second;
}

grpc::Status CallRate::Admit(grpc::AuthContext* context, absl::Time now) {
  // The mutex guards the context too: nothing else writes to it.
  absl::MutexLock lock(&mutex_);
  if (!BucketOf(context, now).Take(now)) {
    return TooMany("this connection", per_connection_);
  }
  if (total_.has_value() && !all_.Take(now)) {
    return TooMany("all clients together", *total_);
  }
  return grpc::Status::OK;
}

size_t CallRate::connections() const {
  absl::MutexLock lock(&mutex_);
  return buckets_.size();
}

}  // namespace faas::rpc
