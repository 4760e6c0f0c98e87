#include "image/flatten.h"

namespace faas::image {

absl::Status Flatten(const std::vector<std::string>&, const std::string&,
                     FlattenMode) {
  return absl::UnimplementedError("Flatten");
}

}  // namespace faas::image
