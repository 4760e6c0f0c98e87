#include "image/error.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"

namespace faas::image {
namespace {

constexpr absl::string_view kPayload = "faas.v1.ImageErrorCategory";

// Longer messages are shortened, because names in them may be as long as a
// stranger likes.
constexpr size_t kMaxMessageBytes = 1000;

constexpr std::array<absl::string_view, 10> kNames = {
    "TRUNCATED",   "MALFORMED",   "MANIFEST", "DIGEST", "UNSAFE_PATH",
    "UNSAFE_LINK", "UNSUPPORTED", "LIMIT",    "CONFIG", "STORAGE"};

}  // namespace

absl::Status WithCategory(absl::Status status, ErrorCategory category) {
  status.SetPayload(kPayload, absl::Cord(CategoryName(category)));
  return status;
}

absl::Status ImageError(ErrorCategory category, absl::string_view message) {
  const absl::StatusCode code = category == ErrorCategory::kLimit
                                    ? absl::StatusCode::kResourceExhausted
                                    : absl::StatusCode::kInvalidArgument;
  return WithCategory(
      absl::Status(code,
                   absl::StrCat(kErrorPrefix,
                                base::Shortened(message, kMaxMessageBytes))),
      category);
}

absl::Status StorageError(const absl::Status& cause) {
  if (cause.ok()) return cause;
  // ErrnoStatus gives ENOSPC and EDQUOT this code.
  const absl::StatusCode code = absl::IsResourceExhausted(cause)
                                    ? absl::StatusCode::kResourceExhausted
                                    : absl::StatusCode::kInternal;
  return WithCategory(absl::Status(code, cause.message()),
                      ErrorCategory::kStorage);
}

absl::Status FailedCall(absl::string_view what, absl::string_view path) {
  const int error = errno;
  return StorageError(base::ErrnoStatus(
      absl::StrCat(what, " \"", base::Printable(path), "\""), error));
}

std::optional<ErrorCategory> CategoryOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPayload);
  if (!payload.has_value()) return std::nullopt;
  return CategoryNamed(std::string(*payload));
}

std::optional<ErrorCategory> CategoryNamed(absl::string_view name) {
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (name == kNames[i]) return static_cast<ErrorCategory>(i);
  }
  return std::nullopt;
}

absl::string_view CategoryName(ErrorCategory category) {
  return kNames[static_cast<size_t>(category)];
}

}  // namespace faas::image
