#ifndef FAAS_RUNNERD_PROFILE_SECCOMP_PROFILE_H_
#define FAAS_RUNNERD_PROFILE_SECCOMP_PROFILE_H_

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace faas::runnerd {

// What allows more system calls to a container.
struct SeccompOptions {
  // Allows sockets of the families IPv4, IPv6 and netlink, which may also
  // listen.
  bool host_network = false;
  // Allows the system calls that need one of these capabilities, such as
  // "CAP_SYS_CHROOT".
  std::vector<std::string> capabilities;
};

// Returns the system calls that a container may make, in the form of
// linux.seccomp in the runtime specification. It is a list of allowed calls;
// others fail with EPERM. It is only for the architecture of this machine,
// because each further one costs every container milliseconds and gives an
// attacker more calls.
//
// It allows less than Docker's default profile allows to a container without
// capabilities: docs/container_profile.md says what is left out, and why.
// https://github.com/opencontainers/runtime-spec/blob/v1.0.2/config-linux.md#seccomp
nlohmann::json SeccompProfile(const SeccompOptions& options);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_PROFILE_SECCOMP_PROFILE_H_
