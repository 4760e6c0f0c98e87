#ifndef FAAS_REGISTRYD_DEPLOY_REQUESTED_OPTIONS_H_
#define FAAS_REGISTRYD_DEPLOY_REQUESTED_OPTIONS_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/map.h>

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "faas/v1/function.pb.h"

namespace faas::registryd {

// What UpdateFunction's mask says is replaced.
struct UpdateMask {
  bool image = false;
  google::protobuf::FieldMask options;  // paths of v1::Function; may be empty
};

// INVALID_ARGUMENT (INVALID_REQUEST) for a path that cannot be updated.
absl::StatusOr<UpdateMask> ParseUpdateMask(
    const google::protobuf::FieldMask& mask);

// Gives `function` those options of `source` that `mask` names.
void MergeOptions(const v1::Function& source,
                  const google::protobuf::FieldMask& mask,
                  v1::Function& function);

// INVALID_ARGUMENT (INVALID_REQUEST), with the option's name, for values that
// make no sense or are too large.
absl::Status CheckOptions(const v1::FunctionOptions& options);

// Whether `mask` has the function's secrets among what is replaced.
bool ReplacesSecrets(const google::protobuf::FieldMask& mask);

// INVALID_ARGUMENT (INVALID_REQUEST) unless there is content for each secret
// that is replaced, and for no other, within the limits of
// function/container_options.h.
absl::Status CheckSecrets(
    const v1::ContainerOptions& options,
    const google::protobuf::FieldMask& mask,
    const google::protobuf::Map<std::string, std::string>& secrets);

// The host's own limits are the daemons' flags; these keep typing errors out.
inline constexpr uint32_t kMaxSpares = 1024;
inline constexpr uint32_t kMaxConcurrency = 65536;
inline constexpr uint32_t kMaxQueued = 65536;
inline constexpr absl::Duration kMaxOptionDuration = absl::Hours(24);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_REQUESTED_OPTIONS_H_
