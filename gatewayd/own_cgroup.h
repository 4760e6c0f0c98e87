#ifndef FAAS_GATEWAYD_OWN_CGROUP_H_
#define FAAS_GATEWAYD_OWN_CGROUP_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::gatewayd {

// An OwnCgroup is a cgroup2 directory in which gatewayd is the only process, so
// that BPF programs can be attached to it. A directory cannot be removed while
// a process is in it, so gatewayd leaves it behind: the next start removes it,
// or
// --remove_leftovers.
class OwnCgroup {
 public:
  // Makes the directory `name` below the first cgroup2 mount, and replaces one
  // that a previous run has left. Where that is not possible but this process
  // is alone in its present cgroup, as in a systemd service, takes that one.
  // FAILED_PRECONDITION if cgroup2 is not mounted; otherwise the error of the
  // system call.
  static absl::StatusOr<OwnCgroup> Make(const std::string& name);

  // Removes the directory `name`. OK if there is none.
  static absl::Status Remove(const std::string& name);

  // Moves this process with all of its threads into the cgroup. Sockets that it
  // makes from then on belong to the cgroup.
  absl::Status Enter() const;

  const std::string& path() const { return path_; }
  int directory() const { return directory_.get(); }

 private:
  OwnCgroup(std::string path, base::UniqueFd directory)
      : path_(std::move(path)), directory_(std::move(directory)) {}

  std::string path_;
  base::UniqueFd directory_;
};

}  // namespace faas::gatewayd

#endif  // FAAS_GATEWAYD_OWN_CGROUP_H_
