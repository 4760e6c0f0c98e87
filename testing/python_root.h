#ifndef FAAS_TESTING_PYTHON_ROOT_H_
#define FAAS_TESTING_PYTHON_ROOT_H_

#include <string>

#include "absl/status/statusor.h"
#include "testing/image_builder.h"

namespace faas::testing {

// Returns the layer tar of a small root file system with a real Python, taken
// from this machine's Debian: /usr/bin/python3, the shared libraries and the
// standard library, in Debian's merged /usr, with /etc/passwd (root, and app
// with uid 1000), /etc/group and /tmp. It has about 30 MB. Root is not needed.
//
// Fails with NOT_FOUND where /usr/bin/python3 is missing.
absl::StatusOr<std::string> PythonRootLayer();

// Returns an image "FROM python" with `handler` as /app/handler.py and Cmd
// ["python3", "/app/handler.py"], as the testing guide's Dockerfiles make.
ImageBuilder PythonImage(const std::string& root_layer,
                         const std::string& handler, const std::string& tag);

}  // namespace faas::testing

#endif  // FAAS_TESTING_PYTHON_ROOT_H_
