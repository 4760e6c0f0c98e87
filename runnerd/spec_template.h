#ifndef FAAS_RUNNERD_SPEC_TEMPLATE_H_
#define FAAS_RUNNERD_SPEC_TEMPLATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "faas/v1/function.pb.h"
#include "runnerd/image_user.h"

namespace faas::runnerd {

// User and group ids in a container's user namespace. registryd admits as many.
inline constexpr uint32_t kContainerIds = 65536;

// What every container of this host may use.
struct ContainerLimits {
  int64_t memory_bytes = 0;  // swap included
  int64_t pids = 0;
  int64_t tmpfs_bytes = 0;  // /tmp, and /dev/shm again as much
  uint64_t open_files = 0;  // RLIMIT_NOFILE
};

// The OCI runtime configuration (config.json) of a revision's containers, made
// once for the revision. What differs between its containers is filled in by
// Render, by copying: no JSON is built on the path of a connection.
//
// https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config.md
class SpecTemplate {
 public:
  SpecTemplate() = default;
  SpecTemplate(const v1::Function& function, const ImageUser& user,
               const std::string& rootfs, const ContainerLimits& limits,
               uint32_t id_base);

  struct Container {
    std::string cgroup_path;     // "/faasd-1a2b3c4d/faas-…"
    std::string control_socket;  // on the host
  };
  std::string Render(const Container& container) const;

 private:
  // The text between the two variable parts, in order.
  std::vector<std::string> pieces_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_SPEC_TEMPLATE_H_
