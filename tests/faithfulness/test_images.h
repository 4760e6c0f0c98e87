#ifndef FAAS_TESTS_FAITHFULNESS_TEST_IMAGES_H_
#define FAAS_TESTS_FAITHFULNESS_TEST_IMAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "tests/faithfulness/file_tree.h"

namespace faas::testing {

// The directory with the archives that `tool` has built: "umoci", "skopeo",
// "buildah" and "podman" by the script of that name in images/, "handmade" by
// ImageBuilder, in each of its layouts, and "example" by //examples/hello.
// Built once a process, below `directory`, which is the same for all.
// UNAVAILABLE, saying why, where the tool is not to be had.
//
// All but the example have a root file system as their lowest layer. If the
// environment variable FAAS_DEBIAN_ROOT names a directory with a Debian, as
// debootstrap makes it, it is that one. Otherwise it is this machine's Python
// (PythonRootLayer) for the handmade ones, and next to nothing for the others,
// so that they cost seconds.
absl::StatusOr<std::string> BuildImages(const std::string& tool,
                                        const std::string& directory);

// What skopeo and umoci make of an image. `source` is what skopeo calls it:
// "docker-archive:PATH". Done once for each source, and nothing of it stays
// below `directory`. UNAVAILABLE as above.
const absl::StatusOr<FileTree>& UnpackWithUmoci(const std::string& source,
                                                const std::string& directory);

}  // namespace faas::testing

#endif  // FAAS_TESTS_FAITHFULNESS_TEST_IMAGES_H_
