#include "common/rpc/call_guard.h"

#include "absl/time/clock.h"

namespace faas::rpc {

grpc::Status CallGuard::Process(const InputMetadata& metadata,
                                grpc::AuthContext* context,
                                OutputMetadata* consumed,
                                OutputMetadata* response) {
  if (guard_ != nullptr) {
    const grpc::Status status =
        guard_->Process(metadata, context, consumed, response);
    if (!status.ok()) return status;
  }
  return rate_->Admit(context, absl::Now());
}

}  // namespace faas::rpc
