#ifndef FAAS_IMAGE_INSPECT_H_
#define FAAS_IMAGE_INSPECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "image/byte_source.h"
#include "image/limits.h"

namespace faas::image {

// Returns the image that ExtractImage would find. The archive, the entries of
// its layers and all digests are checked in the same way, but nothing is
// written. `reference` is as in ExtractOptions.
absl::StatusOr<v1::Image> InspectImage(ByteSource& source, const Limits& limits,
                                       const std::string& reference = "");

}  // namespace faas::image

#endif  // FAAS_IMAGE_INSPECT_H_
