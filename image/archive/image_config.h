#ifndef FAAS_IMAGE_ARCHIVE_IMAGE_CONFIG_H_
#define FAAS_IMAGE_ARCHIVE_IMAGE_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "faas/v1/function.pb.h"
#include "image/limits.h"

namespace faas::image {

// What an image's configuration document says.
struct ImageConfigDocument {
  v1::ImageConfig config;
  std::vector<std::string> diff_ids;  // from the bottom up
};

// Parses an OCI or Docker image configuration. kConfig if it is not one, or
// says no command; kUnsupported for another operating system than Linux.
// https://github.com/opencontainers/image-spec/blob/main/config.md
absl::StatusOr<ImageConfigDocument> ParseImageConfig(absl::string_view json,
                                                     const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_IMAGE_CONFIG_H_
