#ifndef FAAS_RUNNERD_HOST_CGROUPS_H_
#define FAAS_RUNNERD_HOST_CGROUPS_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/unique_fd.h"

namespace faas::runnerd {

// Cgroups finds, empties and removes the control groups of all containers of
// one runnerd. A container has the group PARENT/ID in every hierarchy: cgroup
// v1 has a hierarchy for each controller, and v2 has a single one. The OCI
// runtime makes the groups; this class kills what is in them and removes them.
// A group that is not there counts as empty. Thread-safe.
class Cgroups {
 public:
  // Finds the mounted hierarchies. `parent` is a name such as "faasd-1a2b3c4d",
  // which no other runnerd has. FAILED_PRECONDITION if none is mounted.
  static absl::StatusOr<Cgroups> Find(std::string parent);

  // Returns the mount point of the hierarchy that has a controller such as
  // "memory", or "" if this host has no such controller.
  std::string HierarchyOf(const std::string& controller) const;
  // Returns whether the controller is one of cgroup v2.
  bool IsUnified(const std::string& controller) const;

  // Returns "/PARENT/ID", which is the path of a container's group in each
  // hierarchy and in the container's config.json.
  std::string PathFor(const std::string& id) const;

  // Kills every process in the container's groups and the groups below them,
  // also frozen ones.
  void Kill(const std::string& id) const;

  // Returns whether a process is in a group of the container, or below one.
  bool Has(const std::string& id, pid_t pid) const;

  // Returns whether any process is in a group of the container, or below one.
  bool Populated(const std::string& id) const;

  // Returns the threads in the container's groups, without those in groups
  // below them.
  std::vector<pid_t> Threads(const std::string& id) const;

  // Returns a descriptor that becomes readable when the container is out of
  // memory. cgroup v1 then kills only one of its processes, so the caller has
  // to kill the others. UNAVAILABLE if the memory controller is v2's, which
  // kills all of them (memory.oom.group), or if there is none.
  absl::StatusOr<base::UniqueFd> WatchMemory(const std::string& id) const;

  // Returns how much memory the container uses, or 0 if the kernel does not
  // say.
  uint64_t MemoryBytes(const std::string& id) const;

  // Removes the container's groups and those below them. UNAVAILABLE if there
  // is still a process in one, even a killed one that has not ended: try again
  // soon.
  absl::Status Remove(const std::string& id) const;

  // Returns the ids of all containers that have a group.
  std::vector<std::string> List() const;

  // Removes the parent groups if they are empty.
  void RemoveParent() const;

 private:
  explicit Cgroups(std::string parent) : parent_(std::move(parent)) {}
  // Adds the hierarchy that a line of mountinfo describes.
  void AddHierarchy(absl::string_view type, std::string mount_point,
                    absl::string_view super_options);

  std::string parent_;
  std::vector<std::string> hierarchies_;  // Their mount points.
  // Mount points by controller, of cgroup v1 and v2.
  std::map<std::string, std::string> v1_, v2_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_CGROUPS_H_
