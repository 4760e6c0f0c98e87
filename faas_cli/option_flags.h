#ifndef FAAS_FAAS_CLI_OPTION_FLAGS_H_
#define FAAS_FAAS_CLI_OPTION_FLAGS_H_

#include <google/protobuf/field_mask.pb.h>

#include <string>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "faas_cli/container_flags.h"

namespace faas::cli {

// A function's options as they were typed; what is empty was not given.
struct OptionFlags {
  std::string protocol, warm, idle_after, warm_max_age, max_concurrency,
      max_queued, queue_timeout, start_timeout, timeout;
  ContainerFlags container;
};

// Options to set; the mask's paths are those of v1::Function.
struct OptionsChange {
  v1::FunctionOptions options;
  google::protobuf::FieldMask mask;
  SecretValues secrets;  // of options.container.secrets, if the mask has them
  bool empty() const { return mask.paths().empty(); }
};

// INVALID_ARGUMENT, with the option's name and its form.
absl::StatusOr<OptionsChange> ParseOptions(const OptionFlags& flags);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_OPTION_FLAGS_H_
