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

// One image of an archive, complete and checked.
struct SelectedImage {
  v1::Image image;  // without archive_bytes
  // From the bottom up; owned by the index. Each has a layer.
  std::vector<const Blob*> layers;
};

// Puts the image that `reference` names (see ChooseImage) together from the
// archive's blobs: manifest (manifest.json, or that of an OCI layout if there
// is none), configuration, layers, each layer's diff ID being the one that the
// configuration says.
absl::StatusOr<SelectedImage> SelectImage(const BlobIndex& index,
                                          const std::string& reference,
                                          const Limits& limits);

// How many layers that image has; 0 if its manifest is not there yet, or none.
uint32_t CountLayers(const BlobIndex& index, const std::string& reference,
                     const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_SELECT_IMAGE_H_
