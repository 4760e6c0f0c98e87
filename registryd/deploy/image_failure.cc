#include "registryd/deploy/image_failure.h"

#include <utility>

#include "common/rpc/status.h"
#include "image/error.h"

namespace faas::registryd {

absl::Status ImageFailure(absl::Status cause) {
  const auto category = image::CategoryOf(cause);
  if (!category.has_value()) return cause;
  cause = rpc::WithMetadata(std::move(cause), "category",
                            image::CategoryName(*category));
  if (*category == image::ErrorCategory::kStorage) {
    return rpc::WithReason(std::move(cause), "STORAGE");
  }
  if (*category == image::ErrorCategory::kLimit) {
    return rpc::WithReason(std::move(cause), "LIMIT_EXCEEDED");
  }
  return rpc::WithReason(std::move(cause), "INVALID_IMAGE");
}

}  // namespace faas::registryd
