#ifndef FAAS_RUNNERD_CONTAINER_BUNDLE_H_
#define FAAS_RUNNERD_CONTAINER_BUNDLE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "runnerd/revision/revision.h"

namespace faas::runnerd {

// Creates `bundles`, the directory of all bundles, in memory. Bundles live for
// milliseconds and need not survive a reboot; on a disk, inodes and journal
// would cost a millisecond of CPU time for each connection. A directory that a
// previous run of runnerd has left is taken over with its contents. The user
// `id_base` may pass through the directory, but not list it.
absl::Status MountBundles(const std::string& bundles, uint32_t id_base);

// Undoes MountBundles. Does nothing if a bundle is left.
void UnmountBundles(const std::string& bundles);

// A Bundle owns the bundle directory of one container, <bundles>/<id>, and
// removes it in its destructor. The directory holds config.json, control.sock
// and the file into which the runtime writes the process's id. If the function
// may write to its root file system, the directory also holds that file system
// (rootfs, an overlay on the revision's) and its upper layer (writable, a
// tmpfs). Any one thread at a time may use a Bundle.
//
// control.sock is removed as soon as the connection is delivered: its absence
// tells a restarted runnerd that the container serves a connection.
class Bundle {
 public:
  // Creates the directory <bundles>/<id> with its contents. control.sock
  // listens and belongs to the revision's user. On error nothing is left.
  static absl::StatusOr<std::unique_ptr<Bundle>> Create(
      const std::string& bundles, const std::string& id,
      const Revision& revision, const std::string& cgroup_path);
  // Takes over a bundle that a previous run of runnerd has left.
  static std::unique_ptr<Bundle> Adopt(const std::string& bundles,
                                       const std::string& id);
  ~Bundle();

  const std::string& path() const { return path_; }
  // The descriptor of control.sock; -1 after CloseListener or Adopt.
  int control_listener() const { return control_listener_.get(); }
  void CloseListener() { control_listener_.reset(); }
  void RemoveControlSocket();
  bool HasControlSocket() const;

  // Returns the process id that the runtime wrote into the pid file. DATA_LOSS
  // if the file holds none.
  absl::StatusOr<int> ReadPid() const;

 private:
  explicit Bundle(std::string path) : path_(std::move(path)) {}
  absl::Status MountRootfs(const Revision& revision);
  absl::Status WriteConfig(const Revision& revision,
                           const std::string& cgroup_path);
  absl::Status ListenForHandler(const Revision& revision);

  const std::string path_;
  base::UniqueFd control_listener_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_BUNDLE_H_
