#ifndef FAAS_RUNNERD_PROFILE_HOST_FEATURES_H_
#define FAAS_RUNNERD_PROFILE_HOST_FEATURES_H_

#include <string>
#include <vector>

namespace faas::runnerd {

// Which parts of the profile this host can enforce. A runtime fails when it is
// asked for a limit whose controller is not there.
struct HostFeatures {
  // Controllers of cgroups.
  bool memory = true;
  bool swap = true;
  bool cpu = true;
  bool pids = true;
  // Whether they are v2's: one that is out of memory ends as a whole.
  bool unified = false;
  // The name of a loaded AppArmor profile; empty for none.
  std::string apparmor_profile;
  // Files that are masked beside kMaskedPaths.
  std::vector<std::string> masked_paths;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_HOST_FEATURES_H_
