#ifndef FAAS_RUNNERD_REVISION_IMAGE_USER_H_
#define FAAS_RUNNERD_REVISION_IMAGE_USER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::runnerd {

// Whom a container's process runs as.
struct ImageUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> additional_gids;
  std::string home = "/";
};

// Resolves the User of an image configuration ("", "user", "uid", "user:group",
// "uid:gid" and mixtures) against the contents of its /etc/passwd and
// /etc/group, as Docker does: a number that they do not have is taken as it is
// (group 0), a name must be there; without an explicit group, the user's
// supplementary groups apply. INVALID_ARGUMENT if a name is not there.
absl::StatusOr<ImageUser> ResolveImageUser(absl::string_view user,
                                           absl::string_view passwd,
                                           absl::string_view group);

// The same, reading the files below the root file system `rootfs` without ever
// leaving it. Missing files count as empty.
absl::StatusOr<ImageUser> ResolveImageUserIn(const std::string& rootfs,
                                             absl::string_view user);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_IMAGE_USER_H_
