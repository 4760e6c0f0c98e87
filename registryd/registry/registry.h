#ifndef FAAS_REGISTRYD_REGISTRY_REGISTRY_H_
#define FAAS_REGISTRYD_REGISTRY_REGISTRY_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "faas/internal/v1/registry.pb.h"
#include "faas/v1/function.pb.h"
#include "faas/v1/function_service.pb.h"

namespace faas::registryd {

// The functions that exist: the one source of truth, durable in registry.json.
// A change is visible, here and to watchers, only once it is durable.
// Thread-safe.
class Registry {
 public:
  using Event = v1::WatchFunctionsResponse;

  // Reads the file, see LoadRegistry, and removes what a crash has left beside
  // it. Nobody else may have it open.
  static absl::StatusOr<std::unique_ptr<Registry>> Open(std::string path);

  // NOT_FOUND (FUNCTION_NOT_FOUND) if there is none.
  absl::StatusOr<v1::Function> Get(const std::string& name) const;
  // At most `limit` functions with names after `after`, ordered by name.
  std::vector<v1::Function> List(const std::string& after, size_t limit) const;
  size_t size() const;

  // The content ids of all layers that functions use.
  std::set<std::string> LayersInUse() const;

  // The ids of all functions' revisions.
  std::set<std::string> Revisions() const;

  // Reserves the right to change the function `name` until the guard goes.
  // ABORTED (CONCURRENT_CHANGE) while another holds it.
  class ChangeGuard;
  absl::StatusOr<std::unique_ptr<ChangeGuard>> BeginChange(
      const std::string& name);

  // Creates or replaces a function; returns the new generation. On error
  // nothing has changed. ABORTED (CONCURRENT_CHANGE) if another function has
  // its address.
  absl::StatusOr<uint64_t> Put(const v1::Function& function);
  // Removes one. NOT_FOUND if there is none.
  absl::StatusOr<uint64_t> Delete(const std::string& name);

  // The whole state as events, SYNCED last, and its generation.
  std::vector<Event> Snapshot(uint64_t* generation) const;
  // The changes after `generation`, once there are any, or none when `timeout`
  // has passed. OUT_OF_RANGE if they are no longer known: take a snapshot.
  absl::StatusOr<std::vector<Event>> AwaitChanges(uint64_t generation,
                                                  absl::Duration timeout) const;

 private:
  using Functions = std::map<std::string, v1::Function>;

  Registry(std::string path, const internal::v1::Registry& stored);
  absl::Status Save(const Functions& functions, uint64_t generation) const;
  absl::StatusOr<uint64_t> Commit(Functions next, Event event)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::string path_;
  mutable absl::Mutex mutex_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_);
  Functions functions_ ABSL_GUARDED_BY(mutex_);
  // The latest changes, one for each generation, for watchers.
  std::deque<Event> changes_ ABSL_GUARDED_BY(mutex_);
  std::set<std::string> changing_ ABSL_GUARDED_BY(mutex_);
};

class Registry::ChangeGuard {
 public:
  ChangeGuard(Registry* registry, std::string name)
      : registry_(registry), name_(std::move(name)) {}
  ~ChangeGuard();
  ChangeGuard(const ChangeGuard&) = delete;
  ChangeGuard& operator=(const ChangeGuard&) = delete;

 private:
  Registry* const registry_;
  const std::string name_;
};

// Changes that are remembered for watchers that lag.
inline constexpr size_t kRememberedChanges = 1024;

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_REGISTRY_H_
