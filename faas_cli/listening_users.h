#ifndef FAAS_FAAS_CLI_LISTENING_USERS_H_
#define FAAS_FAAS_CLI_LISTENING_USERS_H_

#include <sys/types.h>

#include <set>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::cli {

// Returns the users who listen on a TCP port of this host, on any address.
// While no faasd listens there, any user can.
absl::StatusOr<std::set<uid_t>> ListeningUsers(int port);

// Does the same with the text of /proc/net/tcp or /proc/net/tcp6. Returns
// INVALID_ARGUMENT for any other text.
absl::StatusOr<std::set<uid_t>> ParseListeningUsers(absl::string_view text,
                                                    int port);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_LISTENING_USERS_H_
