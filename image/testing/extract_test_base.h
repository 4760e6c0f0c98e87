#ifndef FAAS_IMAGE_TESTING_EXTRACT_TEST_BASE_H_
#define FAAS_IMAGE_TESTING_EXTRACT_TEST_BASE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "image/extract.h"
#include "image/testing/layer_test.h"
#include "image/testing/tree.h"
#include "testing/image_builder.h"

namespace faas::image::testing {

// Returns an image with a command and a tag. `layers` are tars, from the bottom
// up.
faas::testing::ImageBuilder ImageOf(const std::vector<std::string>& layers);

// An ExtractTestBase extracts archives from memory, each into a new staging
// directory.
class ExtractTestBase : public LayerTest {
 protected:
  absl::StatusOr<ExtractedImage> Extract(const std::string& archive,
                                         ExtractOptions options = {},
                                         size_t chunk_bytes = 65536);

  Tree LayerTree(const ExtractedImage& image, int layer) const {
    return ReadTree(image.layers[layer].directory);
  }

  // Returns the number of directories in staging after the last extraction.
  int DirectoriesInStaging() const;

 private:
  std::string staging_;
  int extractions_ = 0;
};

}  // namespace faas::image::testing

#endif  // FAAS_IMAGE_TESTING_EXTRACT_TEST_BASE_H_
