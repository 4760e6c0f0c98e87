#ifndef FAAS_COMMON_DAEMON_GROUP_H_
#define FAAS_COMMON_DAEMON_GROUP_H_

#include <sys/types.h>

#include <string>

#include "absl/status/statusor.h"

namespace faas::daemon {

// The group whose members may use the API, unless --group names another.
inline constexpr char kDefaultGroup[] = "faas";

// Returns the group that --group names by a name or a number. "" stands for
// kDefaultGroup, and for root's group where kDefaultGroup does not exist.
// Returns FAILED_PRECONDITION, with a message that says what to do, if a group
// that was named does not exist.
absl::StatusOr<gid_t> FindGroup(const std::string& name);

// Logs that only root may use the API, if `name` names no group and `group`,
// which FindGroup has returned for it, is root's. Logs nothing otherwise.
void LogMissingGroup(const std::string& name, gid_t group);

}  // namespace faas::daemon

#endif  // FAAS_COMMON_DAEMON_GROUP_H_
