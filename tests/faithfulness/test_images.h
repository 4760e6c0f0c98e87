#ifndef FAAS_TESTS_FAITHFULNESS_TEST_IMAGES_H_
#define FAAS_TESTS_FAITHFULNESS_TEST_IMAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "tests/faithfulness/file_tree.h"

namespace faas::testing {

// Returns the directory with the archives that `tool` has built: "umoci",
// "skopeo", "buildah" and "podman" by the script of that name in images/,
// "handmade" by ImageBuilder in each of its layouts, and "example" by
// //examples/hello. They are built once in a process, below `directory`, which
// is the same for all. Returns UNAVAILABLE, saying why, where the tool is
// missing.
//
// All images but the example have a root file system as their lowest layer. If
// the environment variable FAAS_DEBIAN_ROOT names a directory with a Debian, as
// debootstrap makes it, they have that one. Otherwise the handmade ones have
// this machine's Python (PythonRootLayer), and the others have next to nothing,
// so that they take only seconds.
// so that they cost seconds.
absl::StatusOr<std::string> BuildImages(const std::string& tool,
                                        const std::string& directory);

// Returns what skopeo and umoci make of an image. `source` is what skopeo calls
// it: "docker-archive:PATH". Each source is unpacked once, and nothing of it
// stays below `directory`. Returns UNAVAILABLE as above.
const absl::StatusOr<FileTree>& UnpackWithUmoci(const std::string& source,
                                                const std::string& directory);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAITHFULNESS_TEST_IMAGES_H_
