#ifndef FAAS_FAAS_CLI_CONTAINER_FLAGS_H_
#define FAAS_FAAS_CLI_CONTAINER_FLAGS_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/map.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "faas/v1/function.pb.h"

namespace faas::cli {

// What a function's containers get, as it was typed; what is empty was not
// given. A list that is given replaces the one before; `no_...` leaves none.
struct ContainerFlags {
  std::string memory, cpus, pids, tmpfs_size, writable, user, network;
  std::vector<std::string> env, secrets, capabilities;
  bool no_env = false, no_secrets = false, no_capabilities = false;
};

// The content of secrets, by name.
using SecretValues = google::protobuf::Map<std::string, std::string>;

// Sets in `options` what was given, adds its paths to `mask`, and reads the
// files of secrets. INVALID_ARGUMENT, with the option's name and its form; the
// error of a file that cannot be read.
absl::Status ParseContainerFlags(const ContainerFlags& flags,
                                 v1::ContainerOptions& options,
                                 google::protobuf::FieldMask& mask,
                                 SecretValues& secrets);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_CONTAINER_FLAGS_H_
