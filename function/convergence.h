#ifndef FAAS_FUNCTION_CONVERGENCE_H_
#define FAAS_FUNCTION_CONVERGENCE_H_

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "faas/internal/v1/convergence_service.grpc.pb.h"

namespace faas::function {

// A Convergence knows the generation of the registry that a daemon has acted
// on, and is the service that tells others about it. Thread-safe.
class Convergence final : public internal::v1::ConvergenceService::Service {
 public:
  // Says that the daemon has acted on everything up to `generation`. It may be
  // smaller than before, because the registry may come from a backup.
  void Reached(uint64_t generation) ABSL_LOCKS_EXCLUDED(mutex_);

  // Waits until the daemon has reached the requested generation. Returns
  // CANCELLED if the caller gives up.
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
