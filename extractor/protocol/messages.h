#ifndef FAAS_EXTRACTOR_PROTOCOL_MESSAGES_H_
#define FAAS_EXTRACTOR_PROTOCOL_MESSAGES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "faas/internal/v1/extraction.pb.h"
#include "image/limits.h"
#include "image/stored_layer.h"

namespace faas::extractor {

// These functions convert parts of the messages of extraction.proto.

internal::v1::ExtractionBegin::Limits ToProto(const image::Limits& limits);
image::Limits FromProto(const internal::v1::ExtractionBegin::Limits& proto);

// Returns the checkpoints one after the other, 32 bytes each.
std::string ToBytes(const std::vector<image::Checkpoint>& checkpoints);
// Returns the checkpoints in `bytes`, or INVALID_ARGUMENT if they are not 32
// bytes each.
absl::StatusOr<std::vector<image::Checkpoint>> CheckpointsFromBytes(
    const std::string& bytes);

// The largest description of an image, in bytes, without its layers. Everybody
// who lists or watches functions gets a copy.
inline constexpr size_t kMaxImageBytes = 256 << 10;
// Returns the error (kLimit) of an image whose description is larger.
absl::Status TooLargeImage();

// Converts an error. Of its payloads only the category is kept.
internal::v1::ExtractionFailure ToProto(const absl::Status& status);
// Returns the error that a message describes. If the image library could not
// have made it, because of its code, category or text, returns INTERNAL
// instead.
absl::Status FromProto(const internal::v1::ExtractionFailure& proto);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_PROTOCOL_MESSAGES_H_
