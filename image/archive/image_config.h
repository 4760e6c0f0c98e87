#ifndef FAAS_IMAGE_ARCHIVE_IMAGE_CONFIG_H_
#define FAAS_IMAGE_ARCHIVE_IMAGE_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "faas/v1/function.pb.h"
#include "image/limits.h"

namespace faas::image {

// An ImageConfigDocument is what an image's configuration document says.
struct ImageConfigDocument {
  v1::ImageConfig config;
  // The diff IDs of the layers, from the bottom up.
  std::vector<std::string> diff_ids;
};

// Parses an OCI or Docker image configuration. Fails with kConfig if it is not
// one, or has no command, and with kUnsupported for another operating system
// than Linux.
// https://github.com/opencontainers/image-spec/blob/main/config.md
absl::StatusOr<ImageConfigDocument> ParseImageConfig(absl::string_view json,
                                                     const Limits& limits);

}  // namespace faas::image

#endif  // FAAS_IMAGE_ARCHIVE_IMAGE_CONFIG_H_
