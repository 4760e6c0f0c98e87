#ifndef FAAS_COMMON_RPC_CALL_RATE_H_
#define FAAS_COMMON_RPC_CALL_RATE_H_

#include <grpcpp/security/auth_context.h>
#include <grpcpp/support/status.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace faas::rpc {

// A CallRate limits how many calls may begin in a second. A client that begins
// calls and resets them at once stays below the limit of concurrent calls, but
// each call that waits for its handler holds some 15 KiB, so that gigabytes
// could wait. A call that a guard refuses holds nothing. Thread-safe.
class CallRate {
 public:
  // `per_connection` and `total` are calls per second of one connection and of
  // all of them. kBurst and kBurstOfAll calls may come at once: fewer than
  // there are threads, so that a thread is left for a call of somebody else.
  CallRate(int per_connection, std::optional<int> total);

  // Counts a call on the connection of `context`, and marks `context` to know
  // the connection again. Returns RESOURCE_EXHAUSTED if the call is one too
  // many.
  grpc::Status Admit(grpc::AuthContext* context, absl::Time now)
      ABSL_LOCKS_EXCLUDED(mutex_);

  static constexpr int kBurst = 64;
  static constexpr int kBurstOfAll = 96;

  // Returns how many connections are remembered: those that have made calls
  // lately.
  size_t connections() const ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  // A Bucket fills at a rate, up to a burst. A call takes one unit out.
  class Bucket {
   public:
    Bucket(int rate, int burst) : rate_(rate), burst_(burst), level_(burst) {}
    bool Take(absl::Time now);
    bool Full(absl::Time now) const { return LevelAt(now) >= burst_; }

   private:
    double LevelAt(absl::Time now) const;
    double rate_, burst_, level_;
    absl::Time filled_ = absl::InfinitePast();
  };

  Bucket& BucketOf(grpc::AuthContext* context, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int per_connection_;
  const std::optional<int> total_;
  mutable absl::Mutex mutex_;
  uint64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::unordered_map<uint64_t, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
  size_t sweep_at_ ABSL_GUARDED_BY(mutex_);
  Bucket all_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace faas::rpc

#endif  // FAAS_COMMON_RPC_CALL_RATE_H_
