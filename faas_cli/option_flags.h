#ifndef FAAS_FAAS_CLI_OPTION_FLAGS_H_
#define FAAS_FAAS_CLI_OPTION_FLAGS_H_

#include <google/protobuf/field_mask.pb.h>
#include <google/protobuf/map.h>

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"

namespace faas::cli {

// The options of a function as the user typed them. The keys are names of
// function/option_table.h.
struct OptionFlags {
  // The texts that were given for each option. An option that has none, or an
  // empty one, was not given.
  std::map<std::string, std::vector<std::string>> given;
  // Whether an update removes all values of a repeated option.
  std::map<std::string, bool> removed;
};

// The content of secrets, by name.
using SecretValues = google::protobuf::Map<std::string, std::string>;

// The options that a call to the API sets.
struct OptionsChange {
  v1::FunctionOptions options;
  // The paths, in v1::Function, of the options that change.
  google::protobuf::FieldMask mask;
  // The content of options.container.secrets, if the mask has them.
  SecretValues secrets;
  bool empty() const { return mask.paths().empty(); }
};

// Parses what was typed and reads the files of secrets. Returns
// INVALID_ARGUMENT, with the option's name and its form, for a value that is
// wrong, and the error of a file that cannot be read.
absl::StatusOr<OptionsChange> ParseOptions(const OptionFlags& flags);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_OPTION_FLAGS_H_
