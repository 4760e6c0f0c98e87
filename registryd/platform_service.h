#ifndef FAAS_REGISTRYD_PLATFORM_SERVICE_H_
#define FAAS_REGISTRYD_PLATFORM_SERVICE_H_

#include "faas/v1/platform_service.grpc.pb.h"
#include "registryd/peers/peers.h"

namespace faas::registryd {

// PlatformService on the wire.
class PlatformService final : public v1::PlatformService::Service {
 public:
  // Borrows its argument.
  explicit PlatformService(Peers* peers) : peers_(peers) {}

  // Always OK: a runnerd that is away leaves the runtime unset.
  grpc::Status GetVersion(grpc::ServerContext* context,
                          const v1::GetVersionRequest* request,
                          v1::GetVersionResponse* response) override;

 private:
  Peers* const peers_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_PLATFORM_SERVICE_H_
