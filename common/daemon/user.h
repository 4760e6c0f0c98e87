#ifndef FAAS_COMMON_DAEMON_USER_H_
#define FAAS_COMMON_DAEMON_USER_H_

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace faas::daemon {

struct User {
  uid_t uid = 0;
  gid_t gid = 0;
};

// "UID", which need not have an account and whose group is GID = UID,
// "UID:GID", or the name of an account. "" is root. FAILED_PRECONDITION if
// there is no such account, INVALID_ARGUMENT for an id that stands for none.
absl::StatusOr<User> FindUser(const std::string& text);

// Whom gatewayd runs as where nobody says so: the second id after those of
// containers, which begin at `id_base` (the first is for what unpacks images).
// With 0, for no user namespace, as for the default of --id_base.
// INVALID_ARGUMENT if there is no such id.
absl::StatusOr<uid_t> DefaultGatewayUser(uint32_t id_base);

}  // namespace faas::daemon

#endif  // FAAS_COMMON_DAEMON_USER_H_
