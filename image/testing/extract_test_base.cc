#include "image/testing/extract_test_base.h"

#include <filesystem>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "image/byte_source.h"

namespace faas::image::testing {

faas::testing::ImageBuilder ImageOf(const std::vector<std::string>& layers) {
  faas::testing::ImageBuilder image;
  for (const std::string& layer : layers) image.AddLayer(layer);
  faas::testing::ImageSettings settings;
  settings.cmd = {"/bin/handler"};
  return image.SetSettings(settings).AddTag("test-handler:latest");
}

absl::StatusOr<ExtractedImage> ExtractTestBase::Extract(
    const std::string& archive, ExtractOptions options, size_t chunk_bytes) {
  staging_ = absl::StrCat(dir_, "/staging", extractions_++);
  RETURN_IF_ERROR(fs::MakeDirectories(staging_, 0700));
  options.staging = staging_;
  options.owners.keep = CanChown();
  StringSource source(archive, chunk_bytes);
  return ExtractImage(source, options);
}

int ExtractTestBase::DirectoriesInStaging() const {
  return static_cast<int>(
      std::distance(std::filesystem::directory_iterator(staging_),
                    std::filesystem::directory_iterator()));
}

}  // namespace faas::image::testing
