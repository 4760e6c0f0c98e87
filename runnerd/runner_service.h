#ifndef FAAS_RUNNERD_RUNNER_SERVICE_H_
#define FAAS_RUNNERD_RUNNER_SERVICE_H_

#include "common/event/event_loop.h"
#include "faas/v1/runner_service.grpc.pb.h"
#include "runnerd/host/runtime.h"
#include "runnerd/revision/revision.h"
#include "runnerd/revision/revision_table.h"
#include "runnerd/runner.h"

namespace faas::runnerd {

// A RunnerService answers the calls of v1.RunnerService. It mounts revisions on
// the call's thread, and does everything else on the loop's thread.
class RunnerService final : public v1::RunnerService::Service {
 public:
  // The arguments must outlive this object.
  RunnerService(event::EventLoop* loop,
                const Revision::Environment* environment,
                RevisionTable* revisions, Runner* runner,
                const Runtime* runtime)
      : loop_(loop),
        environment_(environment),
        revisions_(revisions),
        runner_(runner),
        runtime_(runtime) {}

  grpc::Status PrepareRevision(grpc::ServerContext* context,
                               const v1::PrepareRevisionRequest* request,
                               v1::PrepareRevisionResponse* response) override;
  grpc::Status DiscardRevision(grpc::ServerContext* context,
                               const v1::DiscardRevisionRequest* request,
                               v1::DiscardRevisionResponse* response) override;
  grpc::Status ListRevisions(grpc::ServerContext* context,
                             const v1::ListRevisionsRequest* request,
                             v1::ListRevisionsResponse* response) override;
  grpc::Status ListInstances(grpc::ServerContext* context,
                             const v1::ListInstancesRequest* request,
                             v1::ListInstancesResponse* response) override;
  grpc::Status GetRuntime(grpc::ServerContext* context,
                          const v1::GetRuntimeRequest* request,
                          v1::GetRuntimeResponse* response) override;

 private:
  event::EventLoop* const loop_;
  const Revision::Environment* const environment_;
  RevisionTable* const revisions_;
  Runner* const runner_;
  const Runtime* const runtime_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_RUNNER_SERVICE_H_
