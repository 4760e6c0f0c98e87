#ifndef FAAS_TESTING_CGROUP_SANDBOX_H_
#define FAAS_TESTING_CGROUP_SANDBOX_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::testing {

// A CgroupSandbox is a cgroup of the test's own in every hierarchy that is
// mounted under /sys/fs/cgroup, v1 and v2. Two processes use it: one creates
// and removes it, and its child enters it and sees it as the root. Nothing
// outside of it is changed.
class CgroupSandbox {
 public:
  // Makes "faas-test-<pid>" below the caller's own cgroups. On a machine with
  // v2 only it is below the root, because a cgroup with processes in it cannot
  // have controllers for its children.
  static absl::StatusOr<CgroupSandbox> Create();

  // Moves the calling process in, gives it a cgroup namespace and mounts each
  // hierarchy anew. The caller must have a private mount namespace.
  absl::Status Enter() const;

  // Removes the cgroups and all below them. Their processes must have ended.
  void Remove() const;

 private:
  struct Hierarchy {
    // The mount point, e.g. "/sys/fs/cgroup/pids".
    std::string mount_point;
    // "cgroup" or "cgroup2".
    std::string type;
    // The options for mount(2), e.g. "pids" or "none,name=systemd".
    std::string options;
    // The directory of our cgroup.
    std::string directory;
  };

  static absl::StatusOr<std::vector<Hierarchy>> FindHierarchies();

  std::vector<Hierarchy> hierarchies_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_CGROUP_SANDBOX_H_
