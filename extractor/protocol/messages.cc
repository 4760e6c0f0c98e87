#include "extractor/protocol/messages.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "image/error.h"

namespace faas::extractor {
namespace {

// This is somewhat more than the longest text of an ImageError, or of a system
// call's error with its path.
constexpr size_t kMaxMessageBytes = 16 << 10;

bool IsOneLine(const std::string& text) {
  return text.size() <= kMaxMessageBytes &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

// Says whether extracting an image can return this code.
bool IsErrorCode(int code) {
  switch (static_cast<absl::StatusCode>(code)) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
      return true;
    default:
      return false;
  }
}

}  // namespace

internal::v1::ExtractionBegin::Limits ToProto(const image::Limits& limits) {
  internal::v1::ExtractionBegin::Limits proto;
  proto.set_archive_bytes(limits.archive_bytes);
  proto.set_layer_bytes(limits.layer_bytes);
  proto.set_image_bytes(limits.image_bytes);
  proto.set_entries(limits.entries);
  proto.set_layers(limits.layers);
  proto.set_blobs(limits.blobs);
  proto.set_path_bytes(limits.path_bytes);
  proto.set_component_bytes(limits.component_bytes);
  proto.set_depth(limits.depth);
  proto.set_ids(limits.ids);
  proto.set_compression_ratio(limits.compression_ratio);
  proto.set_compression_free_bytes(limits.compression_free_bytes);
  proto.set_metadata_bytes(limits.metadata_bytes);
  proto.set_all_metadata_bytes(limits.all_metadata_bytes);
  proto.set_metadata_values(limits.metadata_values);
  proto.set_metadata_depth(limits.metadata_depth);
  proto.set_lower_references(limits.lower_references);
  proto.set_lower_reference_bytes(limits.lower_reference_bytes);
  proto.set_lower_lookups(limits.lower_lookups);
  proto.set_zstd_window_log(limits.zstd_window_log);
  return proto;
}

image::Limits FromProto(const internal::v1::ExtractionBegin::Limits& proto) {
  return {.archive_bytes = proto.archive_bytes(),
          .layer_bytes = proto.layer_bytes(),
          .image_bytes = proto.image_bytes(),
          .entries = proto.entries(),
          .layers = proto.layers(),
          .blobs = proto.blobs(),
          .path_bytes = proto.path_bytes(),
          .component_bytes = proto.component_bytes(),
          .depth = proto.depth(),
          .ids = proto.ids(),
          .compression_ratio = proto.compression_ratio(),
          .compression_free_bytes = proto.compression_free_bytes(),
          .metadata_bytes = proto.metadata_bytes(),
          .all_metadata_bytes = proto.all_metadata_bytes(),
          .metadata_values = proto.metadata_values(),
          .metadata_depth = proto.metadata_depth(),
          .lower_references = proto.lower_references(),
          .lower_reference_bytes = proto.lower_reference_bytes(),
          .lower_lookups = proto.lower_lookups(),
          .zstd_window_log = proto.zstd_window_log()};
}

std::string ToBytes(const std::vector<image::Checkpoint>& checkpoints) {
  std::string bytes;
  bytes.reserve(checkpoints.size() * sizeof(image::Checkpoint));
  for (const image::Checkpoint& checkpoint : checkpoints) {
    bytes.append(checkpoint.data(), checkpoint.size());
  }
  return bytes;
}

absl::StatusOr<std::vector<image::Checkpoint>> CheckpointsFromBytes(
    const std::string& bytes) {
  if (bytes.size() % sizeof(image::Checkpoint) != 0) {
    return absl::InvalidArgumentError("checkpoints are not 32 bytes each");
  }
  std::vector<image::Checkpoint> checkpoints(bytes.size() /
                                             sizeof(image::Checkpoint));
  if (!bytes.empty()) {
    std::memcpy(checkpoints.data(), bytes.data(), bytes.size());
  }
  return checkpoints;
}

absl::Status TooLargeImage() {
  return image::ImageError(
      image::ErrorCategory::kLimit,
      absl::StrCat("its configuration takes more than ", kMaxImageBytes,
                   " bytes; shorten its labels, environment or command"));
}

internal::v1::ExtractionFailure ToProto(const absl::Status& status) {
  internal::v1::ExtractionFailure proto;
  proto.set_code(static_cast<int>(status.code()));
  proto.set_message(std::string(status.message()));
  if (const auto category = image::CategoryOf(status); category.has_value()) {
    proto.set_category(std::string(image::CategoryName(*category)));
  }
  return proto;
}

absl::Status FromProto(const internal::v1::ExtractionFailure& proto) {
  const std::optional<image::ErrorCategory> category =
      image::CategoryNamed(proto.category());
  if (!IsErrorCode(proto.code()) || !IsOneLine(proto.message()) ||
      (!proto.category().empty() && !category.has_value())) {
    return absl::InternalError(
        "the extractor reports an error that is none of an image");
  }
  absl::Status status(static_cast<absl::StatusCode>(proto.code()),
                      proto.message());
  return category.has_value()
             ? image::WithCategory(std::move(status), *category)
             : status;
}

}  // namespace faas::extractor
