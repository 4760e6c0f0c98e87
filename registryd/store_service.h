#ifndef FAAS_REGISTRYD_STORE_SERVICE_H_
#define FAAS_REGISTRYD_STORE_SERVICE_H_

#include "faas/v1/store_service.grpc.pb.h"
#include "registryd/registry/registry.h"
#include "registryd/store/garbage_collector.h"
#include "registryd/store/layer_store.h"
#include "registryd/store/store_space.h"

namespace faas::registryd {

// Serves StoreService over gRPC. Thread-safe.
class StoreService final : public v1::StoreService::Service {
 public:
  // Borrows its arguments, which must outlive it.
  StoreService(const LayerStore* store, const Registry* registry,
               const StoreSpace* space, GarbageCollector* collector)
      : store_(store),
        registry_(registry),
        space_(space),
        collector_(collector) {}

  grpc::Status GetUsage(grpc::ServerContext* context,
                        const v1::GetUsageRequest* request,
                        v1::GetUsageResponse* response) override;
  grpc::Status CollectGarbage(grpc::ServerContext* context,
                              const v1::CollectGarbageRequest* request,
                              v1::CollectGarbageResponse* response) override;

 private:
  const LayerStore* const store_;
  const Registry* const registry_;
  const StoreSpace* const space_;
  GarbageCollector* const collector_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_STORE_SERVICE_H_
