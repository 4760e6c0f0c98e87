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

// Returns the user that `text` names: "UID", which needs no account and whose
// group has the same number, "UID:GID", or the name of an account. "" is root.
// Returns FAILED_PRECONDITION if there is no such account, and INVALID_ARGUMENT
// for an id that the kernel uses for "none".
absl::StatusOr<User> FindUser(const std::string& text);

// Returns the user that gatewayd runs as by default: the second id after those
// of containers, which begin at `id_base`. (The first one is the extractor's.)
// An `id_base` of 0, which means no user namespace, counts like the default of
// --id_base. Returns INVALID_ARGUMENT if there is no such id.
absl::StatusOr<uid_t> DefaultGatewayUser(uint32_t id_base);

}  // namespace faas::daemon

#endif  // FAAS_COMMON_DAEMON_USER_H_
