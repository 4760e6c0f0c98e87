#ifndef FAAS_IMAGE_ARCHIVE_MANIFEST_H_
#define FAAS_IMAGE_ARCHIVE_MANIFEST_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "image/archive/blob_index.h"
#include "image/limits.h"

namespace faas::image {

// A Manifest is one image of an archive, as names of blobs in it.
struct Manifest {
  BlobReference config;
  std::vector<std::string> tags;
  // The layers, from the bottom up.
  std::vector<BlobReference> layers;
};

// Returns the images that a manifest.json lists. Fails with kManifest if it is
// not one, or lists none, and with kLimit.
absl::StatusOr<std::vector<Manifest>> ParseManifests(absl::string_view json,
                                                     const Limits& limits);

// Returns the index of the image that `reference` means ("NAME" means
// "NAME:latest"), or of the only one if `reference` is empty. `tags` has the
// tags of each image. Fails with kManifest, and a list of the images, if that
// does not decide.
absl::StatusOr<size_t> ChooseImage(
    const std::vector<std::vector<std::string>>& tags,
    absl::string_view reference);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_MANIFEST_H_
