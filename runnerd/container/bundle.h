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

// Creates `bundles`, the directory of all bundles, in memory: bundles live for
// milliseconds and outlive no reboot, and on a disk's file system their inodes
// and its journal would cost a millisecond of CPU time for each connection. One
// that an earlier life has left is taken over with what it holds. The user
// `id_base` may pass through, not look.
absl::Status MountBundles(const std::string& bundles, uint32_t id_base);

// Undoes MountBundles, unless a bundle is left.
void UnmountBundles(const std::string& bundles);

// The bundle of one container, <bundles>/<id>: config.json, control.sock, and,
// written by the runtime, the process's id. A function that may write to its
// root file system has that in there, too: rootfs, an overlay on the revision's
// whose upper layer is a tmpfs, writable. Removed with the object.
//
// control.sock goes as soon as the connection is delivered: by its absence a
// restarted runnerd knows that the container serves somebody.
class Bundle {
 public:
  // `bundles` is the directory of all bundles. The socket belongs to the
  // revision's user and listens.
  static absl::StatusOr<std::unique_ptr<Bundle>> Create(
      const std::string& bundles, const std::string& id,
      const Revision& revision, const std::string& cgroup_path);
  // One that an earlier life has left.
  static std::unique_ptr<Bundle> Adopt(const std::string& bundles,
                                       const std::string& id);
  ~Bundle();

  const std::string& path() const { return path_; }
  // Listening, or invalid after CloseListener.
  int control_listener() const { return control_listener_.get(); }
  void CloseListener() { control_listener_.reset(); }
  void RemoveControlSocket();
  bool HasControlSocket() const;

  // What the runtime wrote into the pid file.
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
