#ifndef FAAS_COMMON_DAEMON_GROUP_H_
#define FAAS_COMMON_DAEMON_GROUP_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"

namespace faas::daemon {

// Whose members may use the API, unless another group is named.
inline constexpr char kDefaultGroup[] = "faas";

// The group of --group, a name or a number. "" stands for kDefaultGroup, and
// for root's where there is no such group. FAILED_PRECONDITION, saying what to
// do, if a group that was named does not exist.
absl::StatusOr<gid_t> FindGroup(const std::string& name);

// Says in the log that `group`, found for `name`, is root's for want of
// another; nothing if it is not.
void LogMissingGroup(const std::string& name, gid_t group);

}  // namespace faas::daemon

#endif  // FAAS_COMMON_DAEMON_GROUP_H_
