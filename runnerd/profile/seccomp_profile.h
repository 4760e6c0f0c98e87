#ifndef FAAS_RUNNERD_PROFILE_SECCOMP_PROFILE_H_
#define FAAS_RUNNERD_PROFILE_SECCOMP_PROFILE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace faas::runnerd {

// What widens the filter of a container.
struct SeccompOptions {
  // Sockets of the Internet's families, which listen, too.
  bool host_network = false;
  // "CAP_SYS_CHROOT", say: system calls that need it are let through.
  std::vector<std::string> capabilities;
};

// The system calls that a container may make, as the runtime specification's
// linux.seccomp: an allow-list, for this machine's architecture alone (each
// more costs milliseconds a container, and is more to attack). What is not in
// it fails with EPERM.
//
// It allows nothing that Docker's default profile denies to a container without
// capabilities, and less: docs/container_profile.md says what, and why.
// https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config-linux.md#seccomp
nlohmann::json SeccompProfile(const SeccompOptions& options);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_SECCOMP_PROFILE_H_
