#include "registryd/registry/storage_failure.h"

#include "common/rpc/status.h"

namespace faas::registryd {

absl::Status StorageFailure(const absl::Status& cause) {
  if (cause.ok()) return cause;
  const absl::StatusCode code = absl::IsResourceExhausted(cause)
                                    ? absl::StatusCode::kResourceExhausted
                                    : absl::StatusCode::kInternal;
  return rpc::WithMetadata(
      rpc::WithReason(absl::Status(code, cause.message()), "STORAGE"),
      "category", "STORAGE");
}

}  // namespace faas::registryd
