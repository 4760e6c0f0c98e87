#ifndef FAAS_REGISTRYD_FUNCTION_SERVICE_H_
#define FAAS_REGISTRYD_FUNCTION_SERVICE_H_

#include <atomic>

#include "faas/v1/function_service.grpc.pb.h"
#include "registryd/deploy/deployer.h"
#include "registryd/registry/registry.h"
#include "registryd/upload/archive_inbox.h"

namespace faas::registryd {

// Serves the public API over gRPC. It checks and translates messages; the
// Registry and the Deployer do the work. Thread-safe.
class FunctionService final : public v1::FunctionService::Service {
 public:
  // Borrows its arguments, which must outlive it.
  FunctionService(Registry* registry, Deployer* deployer, ArchiveInbox* inbox)
      : registry_(registry), deployer_(deployer), inbox_(inbox) {}

  // Ends all calls of WatchFunctions, which would go on for ever otherwise.
  void StopWatches() { stopping_ = true; }

  grpc::Status GetFunction(grpc::ServerContext* context,
                           const v1::GetFunctionRequest* request,
                           v1::GetFunctionResponse* response) override;
  grpc::Status ListFunctions(grpc::ServerContext* context,
                             const v1::ListFunctionsRequest* request,
                             v1::ListFunctionsResponse* response) override;
  grpc::Status CreateFunction(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::CreateFunctionResponse,
                               v1::CreateFunctionRequest>* stream) override;
  grpc::Status UpdateFunction(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::UpdateFunctionResponse,
                               v1::UpdateFunctionRequest>* stream) override;
  grpc::Status DeleteFunction(grpc::ServerContext* context,
                              const v1::DeleteFunctionRequest* request,
                              v1::DeleteFunctionResponse* response) override;
  grpc::Status WatchFunctions(
      grpc::ServerContext* context, const v1::WatchFunctionsRequest* request,
      grpc::ServerWriter<v1::WatchFunctionsResponse>* writer) override;

 private:
  Registry* const registry_;
  Deployer* const deployer_;
  ArchiveInbox* const inbox_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_FUNCTION_SERVICE_H_
