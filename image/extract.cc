#include "image/extract.h"

namespace faas::image {

absl::StatusOr<ExtractedImage> ExtractImage(ByteSource&,
                                            const ExtractOptions&) {
  return absl::UnimplementedError("ExtractImage");
}

}  // namespace faas::image
