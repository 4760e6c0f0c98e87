#include "function/convergence.h"

#include "absl/time/time.h"

namespace faas::function {
namespace {

// The interval at which a waiting call looks whether its caller has given up.
constexpr absl::Duration kCancellationCheck = absl::Milliseconds(100);

}  // namespace

void Convergence::Reached(uint64_t generation) {
  absl::MutexLock lock(&mutex_);
  generation_ = generation;
}

grpc::Status Convergence::AwaitGeneration(
    grpc::ServerContext* context,
    const internal::v1::AwaitGenerationRequest* request,
    internal::v1::AwaitGenerationResponse* response) {
  absl::MutexLock lock(&mutex_);
  const auto reached = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return generation_ >= request->generation();
  };
  while (
      !mutex_.AwaitWithTimeout(absl::Condition(&reached), kCancellationCheck)) {
    if (context->IsCancelled()) return grpc::Status::CANCELLED;
  }
  response->set_generation(generation_);
  return grpc::Status::OK;
}

}  // namespace faas::function
