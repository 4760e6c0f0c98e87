#include "runnerd/runner_service.h"

#include <map>
#include <utility>
#include <vector>

#include "common/rpc/status.h"

namespace faas::runnerd {

grpc::Status RunnerService::PrepareRevision(
    grpc::ServerContext*, const v1::PrepareRevisionRequest* request,
    v1::PrepareRevisionResponse*) {
  auto revision = Revision::Prepare(request->function(), *environment_);
  if (!revision.ok()) return rpc::ToGrpc(revision.status());
  return rpc::ToGrpc(loop_
                         ->Call<bool>([&] {
                           revisions_->AddPrepared(*std::move(revision));
                           return absl::StatusOr<bool>(true);
                         })
                         .status());
}

grpc::Status RunnerService::DiscardRevision(
    grpc::ServerContext*, const v1::DiscardRevisionRequest* request,
    v1::DiscardRevisionResponse*) {
  return rpc::ToGrpc(loop_
                         ->Call<bool>([&] {
                           revisions_->DiscardPrepared(request->function(),
                                                       request->revision_id());
                           return absl::StatusOr<bool>(true);
                         })
                         .status());
}

grpc::Status RunnerService::ListRevisions(grpc::ServerContext*,
                                          const v1::ListRevisionsRequest*,
                                          v1::ListRevisionsResponse* response) {
  const absl::Status status =
      loop_
          ->Call<bool>([&] {
            std::map<std::string, int> running;
            for (const v1::Instance& instance : runner_->ListInstances()) {
              ++running[instance.revision_id()];
            }
            for (v1::Revision& revision : revisions_->List()) {
              revision.set_instances(running[revision.revision_id()]);
              *response->add_revisions() = std::move(revision);
            }
            return absl::StatusOr<bool>(true);
          })
          .status();
  return rpc::ToGrpc(status);
}

grpc::Status RunnerService::ListInstances(grpc::ServerContext*,
                                          const v1::ListInstancesRequest*,
                                          v1::ListInstancesResponse* response) {
  const absl::Status status =
      loop_
          ->Call<bool>([&] {
            for (v1::Instance& instance : runner_->ListInstances()) {
              *response->add_instances() = std::move(instance);
            }
            return absl::StatusOr<bool>(true);
          })
          .status();
  return rpc::ToGrpc(status);
}

grpc::Status RunnerService::GetRuntime(grpc::ServerContext*,
                                       const v1::GetRuntimeRequest*,
                                       v1::GetRuntimeResponse* response) {
  v1::Runtime& runtime = *response->mutable_runtime();
  runtime.set_command(runtime_->command());
  runtime.set_version(runtime_->version());
  runtime.set_warning(runtime_->warning());
  return grpc::Status::OK;
}

}  // namespace faas::runnerd
