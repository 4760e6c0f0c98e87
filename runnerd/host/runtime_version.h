#ifndef FAAS_RUNNERD_HOST_RUNTIME_VERSION_H_
#define FAAS_RUNNERD_HOST_RUNTIME_VERSION_H_

#include <array>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace faas::runnerd {

// The name and version of an OCI runtime, from the first line that it prints
// for
// `--version`.
struct RuntimeVersion {
  // "runc", "crun", "youki"; "" if the line is empty.
  std::string name;
  // The major, minor and patch numbers, or nothing if the line has none. Parts
  // that are left out are 0.
  absl::optional<std::array<int, 3>> number;
  // The text that follows the number without a space, such as "+ds1" or
  // "-rc.2".
  std::string suffix;

  // Returns the name and the number: "runc 1.1.5+ds1".
  std::string Text() const;
};

// Parses "runc version 1.1.5+ds1" and the forms that other runtimes have:
// "youki 0.3.0", "youki version: 0.0.1", "crun version v1.8.1". Accepts any
// line; if it has another form, only the name is set. Does no I/O.
RuntimeVersion ParseRuntimeVersion(absl::string_view line);

// Returns one line for the operator that says what is known to be wrong with
// this version and what to install instead, or "" if nothing is known.
std::string KnownProblem(const RuntimeVersion& version);

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_HOST_RUNTIME_VERSION_H_
