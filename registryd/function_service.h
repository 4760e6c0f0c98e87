#ifndef FAAS_REGISTRYD_FUNCTION_SERVICE_H_
#define FAAS_REGISTRYD_FUNCTION_SERVICE_H_

#include <atomic>

#include "faas/v1/function_service.grpc.pb.h"
#include "registryd/deploy/deployer.h"
#include "registryd/registry/registry.h"
#include "registryd/upload/archive_inbox.h"

namespace faas::registryd {

// The public API on the wire; what it does is the Registry's and Deployer's.
class FunctionService final : public v1::FunctionService::Service {
 public:
  // Borrows its arguments.
  FunctionService(Registry* registry, Deployer* deployer, ArchiveInbox* inbox)
      : registry_(registry), deployer_(deployer), inbox_(inbox) {}

  // Ends all watches, which would never end by themselves.
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
