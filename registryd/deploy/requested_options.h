#ifndef FAAS_REGISTRYD_DEPLOY_REQUESTED_OPTIONS_H_
#define FAAS_REGISTRYD_DEPLOY_REQUESTED_OPTIONS_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/map.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"

namespace faas::registryd {

// The parts of a function that an UpdateFunction call replaces.
struct UpdateMask {
  bool image = false;
  // Paths below v1::Function that begin with "options"; may be empty.
  google::protobuf::FieldMask options;
};

// Splits the mask of an UpdateFunction call. Returns INVALID_ARGUMENT
// (INVALID_REQUEST) for a path that cannot be updated.
absl::StatusOr<UpdateMask> ParseUpdateMask(
    const google::protobuf::FieldMask& mask);

// Copies the options that `mask` names from `source` to `function`.
void MergeOptions(const v1::Function& source,
                  const google::protobuf::FieldMask& mask,
                  v1::Function& function);

// Checks values against the table of options. Returns INVALID_ARGUMENT
// (INVALID_REQUEST), with the option's name, for the first that is wrong.
absl::Status CheckOptions(const v1::FunctionOptions& options);

// Returns whether `mask` replaces the function's secrets.
bool ReplacesSecrets(const google::protobuf::FieldMask& mask);

// Checks that each secret that is replaced has content, that no other has, and
// that the content is within the limits of function/option_table.h. Returns
// INVALID_ARGUMENT (INVALID_REQUEST) otherwise.
absl::Status CheckSecrets(
    const v1::ContainerOptions& options,
    const google::protobuf::FieldMask& mask,
    const google::protobuf::Map<std::string, std::string>& secrets);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_DEPLOY_REQUESTED_OPTIONS_H_
