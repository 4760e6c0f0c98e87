#ifndef FAAS_IMAGE_ARCHIVE_SELECT_IMAGE_H_
#define FAAS_IMAGE_ARCHIVE_SELECT_IMAGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "image/archive/blob_index.h"
#include "image/limits.h"

namespace faas::image {

// A SelectedImage is one image of an archive, complete and checked.
struct SelectedImage {
  // The field archive_bytes is not set.
  v1::Image image;
  // The layers from the bottom up. The index owns them. Each has `layer`.
  std::vector<const Blob*> layers;
};

// Puts the image that `reference` names (see ChooseImage) together from the
// archive's blobs: the manifest (manifest.json, or that of an OCI layout if
// there is none), the configuration and the layers. Each layer's diff ID must
// be the one that the configuration says.
absl::StatusOr<SelectedImage> SelectImage(const BlobIndex& index,
                                          const std::string& reference,
                                          const Limits& limits);

// Returns how many layers that image has. Returns 0 if its manifest has not
// come yet, or is none.
uint32_t CountLayers(const BlobIndex& index, const std::string& reference,
                     const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_SELECT_IMAGE_H_
