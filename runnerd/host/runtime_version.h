#ifndef FAAS_RUNNERD_HOST_RUNTIME_VERSION_H_
#define FAAS_RUNNERD_HOST_RUNTIME_VERSION_H_

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace faas::runnerd {

// What an OCI runtime says of itself in the first line of `--version`.
struct RuntimeVersion {
  // "runc", "crun", "youki"; "" if the line is empty.
  std::string name;
  // Major, minor, patch; nothing if the line has no such number. Parts that
  // are left out are 0.
  absl::optional<std::array<int, 3>> number;
  // What follows the number without a space, e.g. "+ds1", "-rc.2".
  std::string suffix;

  // "runc 1.1.5+ds1"
  std::string Text() const;
};

// Takes "runc version 1.1.5+ds1", and what others make of it: "youki 0.3.0",
// "youki version: 0.0.1", "crun version v1.8.1". Any line is a version; of one
// that it does not understand only the name is known. Pure.
RuntimeVersion ParseRuntimeVersion(absl::string_view line);

// What is known to be wrong with this version and what to install instead, one
// line for an operator; "" if nothing is.
std::string KnownProblem(const RuntimeVersion& version);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_RUNTIME_VERSION_H_
