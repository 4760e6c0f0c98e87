#ifndef FAAS_REGISTRYD_IMAGE_LIMIT_FLAGS_H_
#define FAAS_REGISTRYD_IMAGE_LIMIT_FLAGS_H_

#include "absl/status/statusor.h"
#include "image/limits.h"

namespace faas::registryd {

// Returns the limits that the flags --max_archive_bytes, --max_image_bytes and
// so on give, or INVALID_ARGUMENT for a limit that would let nothing through.
absl::StatusOr<image::Limits> ImageLimitsFromFlags();

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_IMAGE_LIMIT_FLAGS_H_
