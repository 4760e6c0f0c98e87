// unpack_image writes what the image library makes of an archive, as a tree to
// look at or to give to compare_trees.
//
// unpack_image ARCHIVE DIRECTORY writes the layers to DIRECTORY/layers and
// their union to DIRECTORY/rootfs. Run it as root, or owners are not kept.

#include <cstdio>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/base/status_macros.h"
#include "image/flatten.h"
#include "tests/faithfulness/unpack.h"

namespace faas::testing {
namespace {

absl::Status Unpack(const std::string& archive, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> layers,
                   ExtractLayers(archive, directory + "/layers"));
  return image::Flatten(layers, directory + "/rootfs",
                        image::FlattenMode::kCopy);
}

}  // namespace
}  // namespace faas::testing

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: unpack_image ARCHIVE DIRECTORY\n");
    return 2;
  }
  const absl::Status status = faas::testing::Unpack(argv[1], argv[2]);
  if (status.ok()) return 0;
  std::fprintf(stderr, "unpack_image: %s\n",
               std::string(status.message()).c_str());
  return 1;
}
