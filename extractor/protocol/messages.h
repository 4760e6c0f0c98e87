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

// The parts of the messages of extraction.proto, and what they stand for.

internal::v1::ExtractionBegin::Limits ToProto(const image::Limits& limits);
image::Limits FromProto(const internal::v1::ExtractionBegin::Limits& proto);

std::string ToBytes(const std::vector<image::Checkpoint>& checkpoints);
// INVALID_ARGUMENT if it is not 32 bytes each.
absl::StatusOr<std::vector<image::Checkpoint>> CheckpointsFromBytes(
    const std::string& bytes);

// What is known of an image goes to everybody who lists or watches functions:
// what it says of itself has at most so many bytes.
inline constexpr size_t kMaxImageBytes = 256 << 10;
// The error of an image that says more: kLimit.
absl::Status TooLargeImage();

// `status` is not OK. Of what it carries, only the category goes along.
internal::v1::ExtractionFailure ToProto(const absl::Status& status);
// Never OK. What is no error that the image library could have made, in code,
// category or text, becomes an INTERNAL one that says so.
absl::Status FromProto(const internal::v1::ExtractionFailure& proto);

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_PROTOCOL_MESSAGES_H_
