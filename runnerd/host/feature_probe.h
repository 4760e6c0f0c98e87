#ifndef FAAS_RUNNERD_HOST_FEATURE_PROBE_H_
#define FAAS_RUNNERD_HOST_FEATURE_PROBE_H_

#include <string>

#include "absl/status/statusor.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/profile/host_features.h"

namespace faas::runnerd {

// Finds out which parts of the containers' profile this host can enforce, and
// writes to the log which it cannot. FAILED_PRECONDITION, with what to do, if
// it cannot enforce a limit and `allow_missing_limits` is false.
absl::StatusOr<HostFeatures> FindHostFeatures(
    const Cgroups& cgroups, bool allow_missing_limits,
    const std::string& apparmor_profile);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_FEATURE_PROBE_H_
