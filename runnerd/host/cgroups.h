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

// The control groups of one instance's containers: PARENT/CONTAINER in every
// hierarchy (cgroup v1 has one for each controller, v2 just one). The runtime
// makes them; we kill what is in them and remove them.
class Cgroups {
 public:
  // Finds the mounted hierarchies. `parent` is a name such as "faasd-1a2b3c4d".
  static absl::StatusOr<Cgroups> Find(std::string parent);

  // Where a controller such as "memory" is: the mount point of its hierarchy;
  // empty if this host has none.
  std::string HierarchyOf(const std::string& controller) const;
  // Whether it is v2's.
  bool IsUnified(const std::string& controller) const;

  // For the container's spec: "/PARENT/ID".
  std::string PathFor(const std::string& id) const;

  // Kills every process in the container's groups, frozen ones too.
  void Kill(const std::string& id) const;

  // Whether the process is in them, now.
  bool Has(const std::string& id, pid_t pid) const;

  // Whether any process is.
  bool Populated(const std::string& id) const;

  // The threads in its groups, but not in groups below them.
  std::vector<pid_t> Threads(const std::string& id) const;

  // A descriptor that is readable once the kernel has found the container out
  // of memory: v1 kills just one of its processes then, v2 all
  // (memory.oom.group). UNAVAILABLE where that is so, or without a memory
  // controller.
  absl::StatusOr<base::UniqueFd> WatchMemory(const std::string& id) const;

  // Memory that is charged to them; 0 if the kernel does not say.
  uint64_t MemoryBytes(const std::string& id) const;

  // Removes the container's groups. UNAVAILABLE if a process is still there:
  // try again soon.
  absl::Status Remove(const std::string& id) const;

  // The ids of all containers that have groups.
  std::vector<std::string> List() const;

  // Removes the parent groups if they are empty.
  void RemoveParent() const;

 private:
  explicit Cgroups(std::string parent) : parent_(std::move(parent)) {}
  // Of a line of mountinfo.
  void AddHierarchy(absl::string_view type, std::string mount_point,
                    absl::string_view super_options);

  std::string parent_;
  std::vector<std::string> hierarchies_;        // mount points
  std::map<std::string, std::string> v1_, v2_;  // by controller
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_CGROUPS_H_
