#ifndef FAAS_RUNNERD_CGROUPS_H_
#define FAAS_RUNNERD_CGROUPS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::runnerd {

// The control groups of one instance's containers: PARENT/CONTAINER in every
// hierarchy (cgroup v1 has one for each controller, v2 just one). The runtime
// makes them; we kill what is in them and remove them.
class Cgroups {
 public:
  // Finds the mounted hierarchies. `parent` is a name such as "faasd-1a2b3c4d".
  static absl::StatusOr<Cgroups> Find(std::string parent);

  // For the container's spec: "/PARENT/ID".
  std::string PathFor(const std::string& id) const;

  // Kills every process in the container's groups, frozen ones too.
  void Kill(const std::string& id) const;

  // Whether a process is in them.
  bool Populated(const std::string& id) const;

  // The threads in its groups, but not in groups below them.
  std::vector<pid_t> Threads(const std::string& id) const;

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
  Cgroups(std::string parent, std::vector<std::string> hierarchies);

  std::string parent_;
  std::vector<std::string> hierarchies_;  // mount points
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CGROUPS_H_
