#include "image/inspect.h"

namespace faas::image {

absl::StatusOr<v1::Image> InspectImage(ByteSource&, const Limits&,
                                       const std::string&) {
  return absl::UnimplementedError("InspectImage");
}

}  // namespace faas::image
