#ifndef FAAS_IMAGE_INSPECT_H_
#define FAAS_IMAGE_INSPECT_H_

#include <string>

#include "absl/status/statusor.h"
#include "faas/v1/function.pb.h"
#include "image/byte_source.h"
#include "image/limits.h"

namespace faas::image {

// What ExtractImage would find, with the same checks of the archive, its
// layers' entries and all digests, but nothing is written. `reference` as in
// ExtractOptions.
absl::StatusOr<v1::Image> InspectImage(ByteSource& source, const Limits& limits,
                                       const std::string& reference = "");

}  // namespace faas::image

#endif  // FAAS_IMAGE_INSPECT_H_
