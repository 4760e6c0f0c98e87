#include "faas_cli/store_commands.h"

#include <grpcpp/client_context.h>

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/status.h"
#include "faas/v1/store_service.grpc.pb.h"
#include "faas_cli/render.h"
#include "faas_cli/upload_progress.h"

namespace faas::cli {

absl::Status PrintUsage(const Endpoint& endpoint, Output output) {
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  grpc::ClientContext context;
  v1::GetUsageResponse usage;
  RETURN_IF_ERROR(rpc::FromGrpc(
      v1::StoreService::NewStub(channel)->GetUsage(&context, {}, &usage)));
  const std::string text =
      output == Output::kText ? UsageTable(usage) : Json(usage);
  fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

absl::Status CollectGarbage(const Endpoint& endpoint, Output output) {
  ASSIGN_OR_RETURN(const auto channel, Connect(endpoint));
  grpc::ClientContext context;
  v1::CollectGarbageResponse freed;
  RETURN_IF_ERROR(
      rpc::FromGrpc(v1::StoreService::NewStub(channel)->CollectGarbage(
          &context, {}, &freed)));
  const std::string text =
      output == Output::kText
          ? absl::StrCat("✓ Removed ", freed.layers(), " unused layers, ",
                         HumanBytes(freed.bytes()), "\n")
          : Json(freed);
  fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace faas::cli
