#ifndef FAAS_REGISTRYD_EXTRACTOR_PATH_H_
#define FAAS_REGISTRYD_EXTRACTOR_PATH_H_

#include <string>

#include "absl/status/statusor.h"

namespace faas::registryd {

// Returns the path of the extractor: `program`, the value of --extractor, or if
// that is empty, the one beside this program. Installed, all programs are in
// one directory; as Bazel builds them, each is in its package's. Returns
// NOT_FOUND, saying what to do, if it is not there.
absl::StatusOr<std::string> FindExtractor(const std::string& program);

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_EXTRACTOR_PATH_H_
