#include "image/stream/limit.h"

#include "common/base/status_macros.h"
#include "image/error.h"

namespace faas::image {

absl::StatusOr<absl::string_view> LimitSource::Next() {
  ASSIGN_OR_RETURN(const absl::string_view bytes, source_.Next());
  if (bytes.size() > limit_bytes_ - bytes_) {
    return ImageError(ErrorCategory::kLimit, complaint_);
  }
  bytes_ += bytes.size();
  if (observer_) observer_(bytes_);
  return bytes;
}

}  // namespace faas::image
