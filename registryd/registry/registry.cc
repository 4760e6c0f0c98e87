#include "registryd/registry/registry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/rpc/status.h"
#include "registryd/registry/registry_file.h"
#include "registryd/registry/storage_failure.h"

namespace faas::registryd {
namespace {

absl::Status NoSuchFunction(const std::string& name) {
  return rpc::WithReason(
      absl::NotFoundError(
          absl::StrCat("no function \"", base::Printable(name.substr(0, 80)),
                       "\"; \"faas list\" shows those that exist")),
      "FUNCTION_NOT_FOUND");
}

Registry::Event MakeEvent(Registry::Event::EventType type,
                          const v1::Function& function) {
  Registry::Event event;
  event.set_type(type);
  *event.mutable_function() = function;
  return event;
}

}  // namespace

Registry::Registry(std::string path, const internal::v1::Registry& stored)
    : path_(std::move(path)), generation_(stored.generation()) {
  for (const v1::Function& function : stored.functions()) {
    functions_[function.name()] = function;
  }
}

absl::StatusOr<std::unique_ptr<Registry>> Registry::Open(std::string path) {
  RETURN_IF_ERROR(fs::RemoveWriteLeftovers(path));
  ASSIGN_OR_RETURN(const internal::v1::Registry stored, LoadRegistry(path));
  return std::unique_ptr<Registry>(new Registry(std::move(path), stored));
}

absl::StatusOr<v1::Function> Registry::Get(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  const auto it = functions_.find(name);
  if (it == functions_.end()) return NoSuchFunction(name);
  return it->second;
}

std::vector<v1::Function> Registry::List(const std::string& after,
                                         size_t limit) const {
  absl::MutexLock lock(&mutex_);
  std::vector<v1::Function> result;
  for (auto it = functions_.upper_bound(after);
       it != functions_.end() && result.size() < limit; ++it) {
    result.push_back(it->second);
  }
  return result;
}

size_t Registry::size() const {
  absl::MutexLock lock(&mutex_);
  return functions_.size();
}

std::set<std::string> Registry::Revisions() const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> ids;
  for (const auto& [name, function] : functions_) {
    ids.insert(function.revision_id());
  }
  return ids;
}

std::set<std::string> Registry::LayersInUse() const {
  absl::MutexLock lock(&mutex_);
  std::set<std::string> result;
  for (const auto& [name, function] : functions_) {
    for (const v1::Layer& layer : function.image().layers()) {
      result.insert(layer.content_id());
    }
  }
  return result;
}

absl::StatusOr<std::unique_ptr<Registry::ChangeGuard>> Registry::BeginChange(
    const std::string& name) {
  absl::MutexLock lock(&mutex_);
  if (!changing_.insert(name).second) {
    return rpc::WithReason(
        absl::AbortedError(absl::StrCat(
            "function \"", name,
            "\" is being changed by somebody else; try again when that is "
            "done")),
        "CONCURRENT_CHANGE");
  }
  return std::make_unique<ChangeGuard>(this, name);
}

Registry::ChangeGuard::~ChangeGuard() {
  absl::MutexLock lock(&registry_->mutex_);
  registry_->changing_.erase(name_);
}

absl::Status Registry::Save(const Functions& functions,
                            uint64_t generation) const {
  internal::v1::Registry stored;
  stored.set_format(kRegistryFormat);
  stored.set_generation(generation);
  for (const auto& [name, function] : functions) {
    *stored.add_functions() = function;
  }
  return SaveRegistry(path_, stored);
}

// Holds the lock while it writes to disk: changes are rare, and nobody may see
// a change that could still fail.
absl::StatusOr<uint64_t> Registry::Commit(Functions next, Event event) {
  if (absl::Status status = Save(next, generation_ + 1); !status.ok()) {
    return StorageFailure(status);
  }
  functions_ = std::move(next);
  event.set_generation(++generation_);
  changes_.push_back(std::move(event));
  if (changes_.size() > kRememberedChanges) changes_.pop_front();
  return generation_;
}

absl::StatusOr<uint64_t> Registry::Put(const v1::Function& function) {
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, other] : functions_) {
    // gatewayd gave the address away twice: it was restarted in between.
    if (name != function.name() && !function.address().empty() &&
        other.address() == function.address()) {
      return rpc::WithReason(
          absl::AbortedError(absl::StrCat(function.address(),
                                          " was given to function \"", name,
                                          "\" meanwhile; deploy again")),
          "CONCURRENT_CHANGE");
    }
  }
  Functions next = functions_;
  const bool created = next.count(function.name()) == 0;
  next[function.name()] = function;
  return Commit(std::move(next), MakeEvent(created ? Event::EVENT_TYPE_CREATED
                                                   : Event::EVENT_TYPE_UPDATED,
                                           function));
}

absl::StatusOr<uint64_t> Registry::Delete(const std::string& name) {
  absl::MutexLock lock(&mutex_);
  Functions next = functions_;
  const auto node = next.extract(name);
  if (node.empty()) return NoSuchFunction(name);
  return Commit(std::move(next),
                MakeEvent(Event::EVENT_TYPE_DELETED, node.mapped()));
}

std::vector<Registry::Event> Registry::Snapshot(uint64_t* generation) const {
  absl::MutexLock lock(&mutex_);
  *generation = generation_;
  std::vector<Event> events;
  for (const auto& [name, function] : functions_) {
    events.push_back(MakeEvent(Event::EVENT_TYPE_SNAPSHOT, function));
  }
  events.emplace_back().set_type(Event::EVENT_TYPE_SYNCED);
  for (Event& event : events) event.set_generation(generation_);
  return events;
}

absl::StatusOr<std::vector<Registry::Event>> Registry::AwaitChanges(
    uint64_t generation, absl::Duration timeout) const {
  absl::MutexLock lock(&mutex_);
  const auto changed = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return generation_ > generation;
  };
  mutex_.AwaitWithTimeout(absl::Condition(&changed), timeout);
  const uint64_t missing = generation_ - generation;
  if (missing > changes_.size()) {
    return absl::OutOfRangeError("the watch fell too far behind");
  }
  return std::vector<Event>(changes_.end() - static_cast<ptrdiff_t>(missing),
                            changes_.end());
}

}  // namespace faas::registryd
