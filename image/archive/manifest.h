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

// One image of an archive: names of blobs in it.
struct Manifest {
  BlobReference config;
  std::vector<std::string> tags;
  std::vector<BlobReference> layers;  // from the bottom up
};

// The images that a manifest.json lists. kManifest if it is not one, or lists
// none; kLimit.
absl::StatusOr<std::vector<Manifest>> ParseManifests(absl::string_view json,
                                                     const Limits& limits);

// Which of several images, of whose tags this is the list, `reference` means
// ("NAME" means "NAME:latest"), or the only one if `reference` is empty: an
// index. kManifest, with a list of what there is, if that does not decide.
absl::StatusOr<size_t> ChooseImage(
    const std::vector<std::vector<std::string>>& tags,
    absl::string_view reference);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_MANIFEST_H_
