#include "runnerd/container/instance_table.h"

#include <sys/random.h>

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

// Ids of warm instances must differ from those of connections, and from those
// of a previous run.
uint64_t FirstWarm() {
  uint32_t run = 0;
  [[maybe_unused]] const ssize_t n = getrandom(&run, sizeof(run), 0);
  return uint64_t{run} << 32;
}

}  // namespace

InstanceTable::InstanceTable(const InstanceEnvironment& environment,
                             const Deadlines& recovered, Instance::Owner* owner)
    : environment_(environment),
      recovered_(recovered),
      owner_(owner),
      next_warm_(FirstWarm()) {}

absl::Status InstanceTable::Recover() {
  std::set<std::string> ids;
  const ContainerEnvironment& containers = *environment_.container;
  ASSIGN_OR_RETURN(const auto bundles, fs::ListDirectory(containers.bundles));
  ASSIGN_OR_RETURN(const auto remembered, containers.runtime->Remembered());
  const auto groups = containers.cgroups->List();
  for (const auto* names : {&bundles, &remembered, &groups}) {
    ids.insert(names->begin(), names->end());
  }
  for (const std::string& id : ids) {
    if (instances_.count(id) > 0) continue;
    Add(Instance::Recover(&environment_, id, recovered_, owner_));
  }
  return absl::OkStatus();
}

void InstanceTable::ReapStrays() {
  std::set<pid_t> owned;
  for (const auto& [id, instance] : instances_) {
    for (const pid_t pid : instance->children()) owned.insert(pid);
  }
  reaper_.Reap(owned);
}

absl::StatusOr<Instance*> InstanceTable::Start(
    std::shared_ptr<const Revision> revision, const Deadlines& deadlines,
    OfferedConnection& connection) {
  const std::string id = FreeId(connection.offer.connection_id());
  ASSIGN_OR_RETURN(auto instance,
                   Instance::Start(&environment_, std::move(revision), id,
                                   deadlines, connection, owner_));
  return Add(std::move(instance));
}

Instance* InstanceTable::StartWarm(std::shared_ptr<const Revision> revision,
                                   const Deadlines& deadlines) {
  return Add(Instance::StartWarm(&environment_, std::move(revision),
                                 FreeId(++next_warm_), deadlines, owner_));
}

Instance* InstanceTable::Add(std::unique_ptr<Instance> instance) {
  Instance* const added = instance.get();
  instances_[added->id()] = std::move(instance);
  return added;
}

// Returns the id for a number, or a similar one while an instance that had the
// id before still ends.
std::string InstanceTable::FreeId(uint64_t number) const {
  const std::string id = Instance::IdFor(number);
  if (instances_.count(id) == 0) return id;
  for (int i = 2;; ++i) {
    const std::string next = absl::StrCat(id, "-", i);
    if (instances_.count(next) == 0) return next;
  }
}

size_t InstanceTable::StartingForConnections() const {
  return std::count_if(instances_.begin(), instances_.end(),
                       [](const auto& entry) {
                         return entry.second->IsStartingForConnection();
                       });
}

void InstanceTable::ForEach(absl::FunctionRef<void(Instance&)> visit) const {
  for (const auto& [id, instance] : instances_) visit(*instance);
}

std::vector<v1::Instance> InstanceTable::List() const {
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
