#ifndef FAAS_GATEWAYD_OWN_CGROUP_H_
#define FAAS_GATEWAYD_OWN_CGROUP_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::gatewayd {

// A cgroup2 directory in which gatewayd is alone, for its programs to be
// attached to. A process that sits in it cannot remove it: Remove is for the
// next start, or for whoever outlives gatewayd.
class OwnCgroup {
 public:
  // Makes `name` below the first cgroup2 mount, in the place of one that an
  // earlier life has left. Where that cannot be done, but this process is alone
  // in the cgroup that it is in (as in a service of its own), takes that.
  static absl::StatusOr<OwnCgroup> Make(const std::string& name);

  // Removes `name`. OK if there is none.
  static absl::Status Remove(const std::string& name);

  // Moves this process, all of its threads, into it: sockets that it makes
  // from then on belong to it.
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
