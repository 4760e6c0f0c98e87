#ifndef FAAS_REGISTRYD_PLATFORM_SERVICE_H_
#define FAAS_REGISTRYD_PLATFORM_SERVICE_H_

#include "faas/v1/platform_service.grpc.pb.h"
#include "registryd/peers/peers.h"

namespace faas::registryd {

// Serves PlatformService over gRPC. Thread-safe.
class PlatformService final : public v1::PlatformService::Service {
 public:
  // Borrows `peers`, which must outlive it.
  explicit PlatformService(Peers* peers) : peers_(peers) {}

  // Always returns OK. The runtime is not set if runnerd does not answer.
  grpc::Status GetVersion(grpc::ServerContext* context,
                          const v1::GetVersionRequest* request,
                          v1::GetVersionResponse* response) override;

 private:
  Peers* const peers_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_PLATFORM_SERVICE_H_
