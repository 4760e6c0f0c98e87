#include "registryd/platform_service.h"

#include <utility>

#include "common/base/version.h"

namespace faas::registryd {

grpc::Status PlatformService::GetVersion(grpc::ServerContext*,
                                         const v1::GetVersionRequest*,
                                         v1::GetVersionResponse* response) {
  response->set_version(base::kVersion);
  absl::StatusOr<v1::Runtime> runtime = peers_->GetRuntime();
  if (runtime.ok()) *response->mutable_runtime() = *std::move(runtime);
  return grpc::Status::OK;
}

}  // namespace faas::registryd
