#ifndef FAAS_RUNNERD_REVISION_IMAGE_USER_H_
#define FAAS_RUNNERD_REVISION_IMAGE_USER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::runnerd {

// The user and the groups that a container's process runs as.
struct ImageUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> additional_gids;
  std::string home = "/";
};

// Resolves the field User of an image configuration as Docker does. `user` is
// "", "user", "uid", "user:group", "uid:gid" or a mixture of these; `passwd`
// and `group` are the contents of the image's /etc/passwd and /etc/group.
//
// A name must be in the files. A number need not be: a user id that is not
// there gets group 0. A user without an explicit group also gets the groups
// that list the user as a member. INVALID_ARGUMENT if a name is not in the
// files.
absl::StatusOr<ImageUser> ResolveImageUser(absl::string_view user,
                                           absl::string_view passwd,
                                           absl::string_view group);

// Reads the two files from the root file system `rootfs` and resolves `user`
// with them. Symbolic links do not lead out of `rootfs`. A missing file counts
// as empty. INVALID_ARGUMENT also if a file is there and cannot be read.
absl::StatusOr<ImageUser> ResolveImageUserIn(const std::string& rootfs,
                                             absl::string_view user);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_IMAGE_USER_H_
