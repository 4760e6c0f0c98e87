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

// A revision of a function that containers can be made from: its root file
// system is mounted while the object lives. Shared by the table of revisions
// and by the instances that run from it; the last one to go unmounts.
class Revision {
 public:
  struct Environment {
    std::string state_dir;
    std::string scaffold;
    // Of functions that do not say otherwise, and what they may say.
    ContainerSettings settings;
    GrantLimits grants;
    HostFeatures host;
    // The host's id for the root of containers; 0 for no user namespace.
    uint32_t id_base = 0;
    // Where root file systems are plain trees; null for overlays. Borrowed.
    FlatTrees* flat_trees = nullptr;
  };

  // Mounts and prepares everything. INVALID_ARGUMENT (INVALID_IMAGE) if no
  // container can be made from it; INVALID_ARGUMENT or FAILED_PRECONDITION
  // (INVALID_REQUEST) for options that this host does not grant.
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
  // Those of user(), as the host has them.
  uid_t host_uid() const { return id_base_ + user_.uid; }
  gid_t host_gid() const { return id_base_ + user_.gid; }
  const SpecTemplate& spec() const { return spec_; }
  const ControlLine& control_line() const { return control_line_; }
  // The signal that asks its containers to stop.
  int stop_signal() const { return stop_signal_; }

 private:
  Revision(const v1::Function& function, std::string directory);

  const v1::Function function_;
  const std::string directory_;
  const std::string rootfs_;
  const ControlLine control_line_;
  absl::Status Mount(const Environment& environment);
  // What containers see as /run/secrets; empty if they have none.
  absl::StatusOr<std::string> MountSecrets(const Environment& environment);

  std::shared_ptr<const FlatTree> flat_tree_;  // null for an overlay
  uint32_t id_base_ = 0;
  ImageUser user_;
  ContainerSettings settings_;
  SpecTemplate spec_;
  int stop_signal_ = 0;
};

// "SIGTERM", "TERM" or "15" as a number; SIGTERM for the empty string.
// INVALID_ARGUMENT for others.
absl::StatusOr<int> ParseSignal(const std::string& text);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_REVISION_H_
