#ifndef FAAS_RUNNERD_PROFILE_HOST_FEATURES_H_
#define FAAS_RUNNERD_PROFILE_HOST_FEATURES_H_

#include <string>
#include <vector>

namespace faas::runnerd {

// The parts of the containers' profile that this host can enforce. The runtime
// fails if it is told to set a limit that has no controller, so a limit is left
// out if its feature is missing.
struct HostFeatures {
  // Whether the cgroups of this host can limit it.
  bool memory = true;
  bool swap = true;
  bool cpu = true;
  bool pids = true;
  // Whether the memory controller is cgroup v2's, with which a container that
  // is out of memory ends as a whole.
  bool unified = false;
  // The AppArmor profile of containers, which is loaded; empty for none.
  std::string apparmor_profile;
  // Paths that containers cannot read, in addition to kMaskedPaths.
  std::vector<std::string> masked_paths;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_HOST_FEATURES_H_
