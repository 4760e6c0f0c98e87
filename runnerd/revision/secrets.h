#ifndef FAAS_RUNNERD_REVISION_SECRETS_H_
#define FAAS_RUNNERD_REVISION_SECRETS_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace faas::runnerd {

// The secrets of a revision, as registryd keeps them: files in a directory.
struct SecretFiles {
  std::string source;
  std::vector<std::string> names;
  // Who reads them: the container's process.
  uid_t uid = 0;
  gid_t gid = 0;
};

// Copies them into memory: a tmpfs on `target`, read-only, with a directory and
// files that only `uid` can read. Unmount it with UnmountRootfs; after an error
// nothing is mounted.
absl::Status MountSecrets(const SecretFiles& secrets,
                          const std::string& target);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_SECRETS_H_
