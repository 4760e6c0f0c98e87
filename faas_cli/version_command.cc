#include "faas_cli/version_command.h"

#include <grpcpp/client_context.h>

#include <chrono>
#include <cstdio>
#include <string>

#include "common/base/status_macros.h"
#include "common/base/version.h"
#include "common/rpc/status.h"
#include "faas/v1/platform_service.grpc.pb.h"
#include "faas_cli/render.h"

namespace faas::cli {
namespace {

// registryd asks runnerd and waits two seconds at most.
constexpr std::chrono::seconds kCallTimeout(10);

absl::StatusOr<v1::GetVersionResponse> AskServer(
    const absl::StatusOr<Endpoint>& endpoint) {
  RETURN_IF_ERROR(endpoint.status());
  ASSIGN_OR_RETURN(const auto channel, Connect(*endpoint));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kCallTimeout);
  v1::GetVersionResponse response;
  RETURN_IF_ERROR(
      rpc::FromGrpc(v1::PlatformService::NewStub(channel)->GetVersion(
          &context, {}, &response)));
  return response;
}

}  // namespace

absl::Status PrintVersion(const absl::StatusOr<Endpoint>& endpoint,
                          Output output) {
  const absl::StatusOr<v1::GetVersionResponse> server = AskServer(endpoint);
  const v1::GetVersionResponse* answer = server.ok() ? &*server : nullptr;
  const std::string text = output == Output::kText
                               ? VersionPage(base::kVersion, answer)
                               : VersionJson(base::kVersion, answer);
  fputs(text.c_str(), stdout);
  return server.status();
}

}  // namespace faas::cli
