#ifndef FAAS_RUNNERD_REVISION_SECRETS_H_
#define FAAS_RUNNERD_REVISION_SECRETS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace faas::runnerd {

// The secrets of a revision: files in a directory of registryd.
struct SecretFiles {
  // The directory, and the names of the files in it.
  std::string source;
  std::vector<std::string> names;
  // The ids on the host of the container's process, which reads the secrets.
  uid_t uid = 0;
  gid_t gid = 0;
};

// Copies the secrets into memory: mounts a read-only tmpfs at `target`, whose
// directory and files only `uid` can read. UnmountRootfs unmounts it. After an
// error nothing is mounted.
absl::Status MountSecrets(const SecretFiles& secrets,
                          const std::string& target);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_SECRETS_H_
