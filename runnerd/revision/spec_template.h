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

// A SpecTemplate makes the OCI runtime configuration (config.json) of a
// revision's containers. The configuration consists of the profile
// (runnerd/profile), the image's configuration and the function's settings. It
// is made once for each revision; Render only copies it and fills in what
// differs between containers, so that no connection waits while JSON is built.
// This class does no I/O.
//
// https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md
class SpecTemplate {
 public:
  // What the configuration is made from.
  struct Revision {
    const v1::Function& function;
    const ImageUser& user;
    const ContainerSettings& settings;
    const HostFeatures& host;
    // The id on the host of the root user in containers; 0 for no user
    // namespace.
    uint32_t id_base = 0;
    // A directory on the host that containers see as /run/secrets; empty for
    // none.
    std::string secrets;
  };

  SpecTemplate() = default;
  explicit SpecTemplate(const Revision& revision);

  // What differs between the containers of a revision.
  struct Container {
    std::string cgroup_path;  // "/faasd-1a2b3c4d/faas-…"
    // Paths on the host.
    std::string control_socket;
    std::string rootfs;
  };
  // Returns the text of config.json.
  std::string Render(const Container& container) const;

 private:
  // The text before the first variable, and each variable with the text that
  // follows it.
  std::string begin_;
  struct Piece {
    std::string Container::*variable;
    std::string text;
  };
  std::vector<Piece> pieces_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_REVISION_SPEC_TEMPLATE_H_
