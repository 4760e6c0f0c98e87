#ifndef FAAS_RUNNERD_CONTAINER_INSTANCE_TABLE_H_
#define FAAS_RUNNERD_CONTAINER_INSTANCE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/v1/runner_service.pb.h"
#include "runnerd/admission/offered_connection.h"
#include "runnerd/container/instance.h"
#include "runnerd/host/stray_reaper.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// An InstanceTable owns all instances of this host, including those that a
// previous run of runnerd has left. Runs on the loop's thread.
class InstanceTable {
 public:
  // `owner` gets the events of all instances; it and what `environment` points
  // to must outlive this object. `recovered` are the deadlines of instances
  // that a previous run has left, whose function nobody knows.
  InstanceTable(const InstanceEnvironment& environment,
                const Deadlines& recovered, Instance::Owner* owner);

  // Takes over every container on the host that is not in the table: what a
  // previous run has left, and what a runtime that was killed has made since.
  absl::Status Recover();
  // Reaps ended children that no instance waits for. Call it now and then.
  void ReapStrays();

  // Starts an instance for a connection. On error nothing is left but
  // `connection`, which stays with the caller.
  absl::StatusOr<Instance*> Start(std::shared_ptr<const Revision> revision,
                                  const Deadlines& deadlines,
                                  OfferedConnection& connection);
  // Starts, in the background, an instance that is to be warm.
  Instance* StartWarm(std::shared_ptr<const Revision> revision,
                      const Deadlines& deadlines);

  // Destroys an instance of which nothing is left.
  void Erase(Instance* instance) { instances_.erase(instance->id()); }

  bool empty() const { return instances_.empty(); }
  // Returns how many instances start while a connection waits for them.
  size_t StartingForConnections() const;
  // Visits all instances. `visit` must not add or erase any.
  void ForEach(absl::FunctionRef<void(Instance&)> visit) const;
  // Describes all instances, the oldest first.
  std::vector<v1::Instance> List() const;

 private:
  Instance* Add(std::unique_ptr<Instance> instance);
  std::string FreeId(uint64_t number) const;

  const InstanceEnvironment environment_;
  const Deadlines recovered_;
  Instance::Owner* const owner_;
  std::map<std::string, std::unique_ptr<Instance>> instances_;  // by id
  uint64_t next_warm_;
  StrayReaper reaper_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_INSTANCE_TABLE_H_
