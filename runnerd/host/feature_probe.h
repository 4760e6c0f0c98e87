#ifndef FAAS_RUNNERD_HOST_FEATURE_PROBE_H_
#define FAAS_RUNNERD_HOST_FEATURE_PROBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/profile/host_features.h"

namespace faas::runnerd {

// Looks which parts of the profile can be enforced here, and says in the log
// which cannot. FAILED_PRECONDITION if a limit cannot and
// `allow_missing_limits` is not set.
absl::StatusOr<HostFeatures> FindHostFeatures(
    const Cgroups& cgroups, bool allow_missing_limits,
    const std::string& apparmor_profile);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_FEATURE_PROBE_H_
