#ifndef FAAS_FUNCTION_CONVERGENCE_H_
#define FAAS_FUNCTION_CONVERGENCE_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "faas/internal/v1/convergence_service.grpc.pb.h"

namespace faas::function {

// How far a daemon that follows the registry has come, and the service that
// tells it. Thread-safe.
class Convergence final : public internal::v1::ConvergenceService::Service {
 public:
  // Everything up to `generation` has been acted on. The registry may have
  // been restored from a backup, so it may be less than before.
  void Reached(uint64_t generation) ABSL_LOCKS_EXCLUDED(mutex_);

  grpc::Status AwaitGeneration(
      grpc::ServerContext* context,
      const internal::v1::AwaitGenerationRequest* request,
      internal::v1::AwaitGenerationResponse* response) override;

 private:
  absl::Mutex mutex_;
  uint64_t generation_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace faas::function

#endif  // FAAS_FUNCTION_CONVERGENCE_H_
