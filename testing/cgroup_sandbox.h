#ifndef FAAS_TESTING_CGROUP_SANDBOX_H_
#define FAAS_TESTING_CGROUP_SANDBOX_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace faas::testing {

// A cgroup of the test's own in every hierarchy that is mounted under
// /sys/fs/cgroup, v1 and v2. Two processes use it: the one that creates and
// removes it, and its child, which enters it and sees it as the root. Nothing
// outside of it is changed.
class CgroupSandbox {
 public:
  // Makes "faas-test-<pid>" below the caller's own cgroups. (On a v2-only
  // machine below the root, as a cgroup with processes in it cannot have
  // controllers for its children.)
  static absl::StatusOr<CgroupSandbox> Create();

  // Moves the calling process in, gives it a cgroup namespace and mounts each
  // hierarchy anew. The caller has a private mount namespace.
  absl::Status Enter() const;

  // Removes the cgroups and all below them. Their processes have ended.
  void Remove() const;

 private:
  struct Hierarchy {
    // Where it is mounted, e.g. "/sys/fs/cgroup/pids".
    std::string mount_point;
    // "cgroup" or "cgroup2".
    std::string type;
    // For mount(2), e.g. "pids" or "none,name=systemd".
    std::string options;
    // Our directory.
    std::string directory;
  };

  static absl::StatusOr<std::vector<Hierarchy>> FindHierarchies();

  std::vector<Hierarchy> hierarchies_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_CGROUP_SANDBOX_H_
