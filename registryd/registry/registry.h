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

// A Registry knows which functions exist. It is the only source of that truth,
// and keeps it in registry.json. A change becomes visible, to callers and to
// watchers, only when it is on disk. Thread-safe.
class Registry {
 public:
  using Event = v1::WatchFunctionsResponse;

  // Reads the file at `path` as LoadRegistry does, and removes the temporary
  // files that a crash has left beside it. No other process may use the file.
  static absl::StatusOr<std::unique_ptr<Registry>> Open(std::string path);

  // Returns the function, or NOT_FOUND (FUNCTION_NOT_FOUND) if there is none.
  absl::StatusOr<v1::Function> Get(const std::string& name) const;
  // Returns at most `limit` functions whose names come after `after`, ordered
  // by name.
  std::vector<v1::Function> List(const std::string& after, size_t limit) const;
  size_t size() const;

  // Returns the content ids of all layers that functions use.
  std::set<std::string> LayersInUse() const;

  // Returns the ids of all functions' revisions.
  std::set<std::string> Revisions() const;

  // Reserves the right to change the function `name` until the guard is
  // destroyed. Returns ABORTED (CONCURRENT_CHANGE) while there is another guard
  // for that name.
  class ChangeGuard;
  absl::StatusOr<std::unique_ptr<ChangeGuard>> BeginChange(
      const std::string& name);

  // Creates or replaces a function and returns the new generation. After an
  // error nothing has changed. Returns ABORTED (CONCURRENT_CHANGE) if another
  // function has the address.
  absl::StatusOr<uint64_t> Put(const v1::Function& function);
  // Removes a function and returns the new generation, or NOT_FOUND if there is
  // no such function.
  absl::StatusOr<uint64_t> Delete(const std::string& name);

  // Returns all functions as events, followed by a SYNCED event, and sets
  // `*generation` to their generation.
  std::vector<Event> Snapshot(uint64_t* generation) const;
  // Waits until there are changes after `generation` and returns them. Returns
  // none when `timeout` has passed, and OUT_OF_RANGE if the changes are no
  // longer known, so that the caller must take a snapshot.
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
  // The latest changes, one for each generation.
  std::deque<Event> changes_ ABSL_GUARDED_BY(mutex_);
  // The names of functions that have a ChangeGuard.
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

// How many changes are kept for watchers that are behind.
inline constexpr size_t kRememberedChanges = 1024;

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_REGISTRY_REGISTRY_H_
