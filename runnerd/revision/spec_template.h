#ifndef FAAS_RUNNERD_REVISION_SPEC_TEMPLATE_H_
#define FAAS_RUNNERD_REVISION_SPEC_TEMPLATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "faas/v1/function.pb.h"
#include "runnerd/profile/container_settings.h"
#include "runnerd/profile/host_features.h"
#include "runnerd/revision/image_user.h"

namespace faas::runnerd {

// The OCI runtime configuration (config.json) of a revision's containers: the
// profile (runnerd/profile), with what the image and the function's settings
// have. Made once for the revision. What differs between its containers is
// filled in by Render, by copying: no JSON is built on the path of a
// connection.
//
// https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md
class SpecTemplate {
 public:
  struct Revision {
    const v1::Function& function;
    const ImageUser& user;
    const ContainerSettings& settings;
    const HostFeatures& host;
    // The host's id for the root of containers; 0 for no user namespace.
    uint32_t id_base = 0;
    // A directory on the host that containers see as /run/secrets; empty for
    // none.
    std::string secrets;
  };

  SpecTemplate() = default;
  explicit SpecTemplate(const Revision& revision);

  struct Container {
    std::string cgroup_path;  // "/faasd-1a2b3c4d/faas-…"
    // On the host.
    std::string control_socket;
    std::string rootfs;
  };
  std::string Render(const Container& container) const;

 private:
  // The text before the first variable, and what follows each.
  std::string begin_;
  struct Piece {
    std::string Container::*variable;
    std::string text;
  };
  std::vector<Piece> pieces_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_SPEC_TEMPLATE_H_
