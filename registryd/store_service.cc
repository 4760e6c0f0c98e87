#include "registryd/store_service.h"

#include <limits>

#include "common/rpc/status.h"
#include "registryd/registry/storage_failure.h"
#include "registryd/store/store_usage.h"

namespace faas::registryd {

grpc::Status StoreService::GetUsage(grpc::ServerContext*,
                                    const v1::GetUsageRequest*,
                                    v1::GetUsageResponse* response) {
  const absl::StatusOr<uint64_t> free = space_->FreeBytes();
  if (!free.ok()) return rpc::ToGrpc(StorageFailure(free.status()));
  *response =
      ComputeUsage(registry_->List("", std::numeric_limits<size_t>::max()),
                   store_->Records());
  response->set_free_bytes(*free);
  response->set_quota_bytes(space_->options().quota_bytes);
  response->set_reserve_bytes(space_->options().reserve_bytes);
  return grpc::Status::OK;
}

grpc::Status StoreService::CollectGarbage(
    grpc::ServerContext*, const v1::CollectGarbageRequest*,
    v1::CollectGarbageResponse* response) {
  const absl::StatusOr<LayerStore::Swept> swept = collector_->Collect();
  if (!swept.ok()) return rpc::ToGrpc(swept.status());
  response->set_layers(swept->layers);
  response->set_bytes(swept->bytes);
  return grpc::Status::OK;
}

}  // namespace faas::registryd
