#ifndef FAAS_RUNNERD_REVISION_REVISION_H_
#define FAAS_RUNNERD_REVISION_REVISION_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "runnerd/profile/container_settings.h"
#include "runnerd/profile/host_features.h"
#include "runnerd/revision/control_line.h"
#include "runnerd/revision/flat_trees.h"
#include "runnerd/revision/image_user.h"
#include "runnerd/revision/spec_template.h"

namespace faas::runnerd {

// A Revision is a revision of a function from which containers can be started:
// its root file system is mounted as long as the object lives. The table of
// revisions and the instances that run from it share the object, and the last
// owner unmounts. Immutable, and so usable by all threads.
class Revision {
 public:
  // What all revisions on this host share.
  struct Environment {
    std::string state_dir;
    std::string scaffold;  // The path that MakeScaffold returned.
    // What containers get unless their function has options that say otherwise,
    // and how far such options may go.
    ContainerSettings settings;
    GrantLimits grants;
    HostFeatures host;
    // The id on the host of the root user in containers; 0 for no user
    // namespace.
    uint32_t id_base = 0;
    // Makes the root file systems; null if they are overlays. Borrowed.
    FlatTrees* flat_trees = nullptr;
  };

  // Mounts the root file system and the secrets, and resolves all that the
  // containers of the revision have in common. After an error nothing is
  // mounted. INVALID_ARGUMENT (reason INVALID_IMAGE) if the image says of
  // itself what cannot be run; INVALID_ARGUMENT or FAILED_PRECONDITION (reason
  // INVALID_REQUEST) for options that mean nothing or that this host does not
  // grant.
  static absl::StatusOr<std::shared_ptr<const Revision>> Prepare(
      const v1::Function& function, const Environment& environment);
  ~Revision();

  const v1::Function& function() const { return function_; }
  const std::string& name() const { return function_.name(); }
  const std::string& id() const { return function_.revision_id(); }
  const std::string& rootfs() const { return rootfs_; }
  const ImageUser& user() const { return user_; }
  const ContainerSettings& settings() const { return settings_; }
  uint32_t id_base() const { return id_base_; }
  // The ids of user() on the host.
  uid_t host_uid() const { return id_base_ + user_.uid; }
  gid_t host_gid() const { return id_base_ + user_.gid; }
  const SpecTemplate& spec() const { return spec_; }
  const ControlLine& control_line() const { return control_line_; }
  // The signal that asks a container to stop.
  int stop_signal() const { return stop_signal_; }

 private:
  Revision(const v1::Function& function, std::string directory);

  const v1::Function function_;
  const std::string directory_;
  const std::string rootfs_;
  const ControlLine control_line_;
  absl::Status Mount(const Environment& environment);
  // Returns the directory that containers see as /run/secrets, or "" if they
  // have no secrets.
  absl::StatusOr<std::string> MountSecrets(const Environment& environment);

  std::shared_ptr<const FlatTree> flat_tree_;  // Null for an overlay.
  uint32_t id_base_ = 0;
  ImageUser user_;
  ContainerSettings settings_;
  SpecTemplate spec_;
  int stop_signal_ = 0;
};

// Returns the number of a signal: 15 for "SIGTERM", "TERM", "15" and the empty
// string. INVALID_ARGUMENT if `text` is no signal.
absl::StatusOr<int> ParseSignal(const std::string& text);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_REVISION_H_
