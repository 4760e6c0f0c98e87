#include "common/rpc/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/method_guard.h"

namespace faas::rpc {
namespace {

constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;

void EnablePlugins() {
  static const bool enabled = [] {
    // What matters comes to us as a status; the library's own lines would only
    // stand between ours.
    gpr_set_log_function([](gpr_log_func_args*) {});
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(enabled);
}

using ConnectionType =
    grpc::ServerBuilder::experimental_type::ExternalConnectionType;

// For connections that need no handshake, and whose calls `guard`, if there is
// one, has to let pass. In the clear: a client needs no credentials of its own.
std::unique_ptr<Acceptor> AddAcceptor(
    grpc::ServerBuilder& builder, grpc_local_connect_type type,
    std::shared_ptr<grpc::AuthMetadataProcessor> guard) {
  const auto credentials = grpc::experimental::LocalServerCredentials(type);
  if (guard != nullptr) credentials->SetAuthMetadataProcessor(guard);
  return builder.experimental().AddExternalConnectionAcceptor(
      ConnectionType::FROM_FD, credentials);
}

void SetLimits(grpc::ServerBuilder& builder, const Limits& limits) {
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<int>(absl::ToInt64Milliseconds(duration));
  };
  // A client whose host is gone must not hold its call for ever.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits.metadata_bytes);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS,
                             milliseconds(limits.handshake));
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             milliseconds(limits.idle));
  builder.SetMaxReceiveMessageSize(limits.message_bytes);
  builder.SetResourceQuota(
      grpc::ResourceQuota("rpc").SetMaxThreads(kMaxRpcThreads));
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
}

}  // namespace

Server::Server(std::unique_ptr<grpc::Server> server, std::string socket_path)
    : server_(std::move(server)), socket_path_(std::move(socket_path)) {}

std::vector<std::string> Server::ReadOnlyMethods() {
  return {
      "/faas.v1.FunctionService/WatchFunctions",
      "/faas.v1.ConvergenceService/AwaitGeneration",
      "/grpc.health.v1.Health/Check",
      "/grpc.health.v1.Health/Watch",
  };
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Options options) {
  EnablePlugins();
  grpc::ServerBuilder builder;
  // By default two processes could share a TCP port without noticing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  SetLimits(builder, options.limits);
  const std::string path = options.listener.name();
  Door local;
  local.listeners.push_back(std::move(options.listener));
  local.policy = std::move(options.access);
  local.full = AddAcceptor(builder, UDS, nullptr);
  local.read_only = AddAcceptor(
      builder, UDS, std::make_shared<MethodGuard>(options.read_only_methods));
  if (!options.tcp_address.empty()) {
    builder.AddListeningPort(options.tcp_address,
                             grpc::InsecureServerCredentials());
  }
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", path, options.tcp_address.empty() ? "" : " and ",
        options.tcp_address, ": is the address in use?"));
  }
  server->GetHealthCheckService()->SetServingStatus(false);
  auto result = std::unique_ptr<Server>(new Server(std::move(server), path));
  std::vector<Door> doors;
  doors.push_back(std::move(local));
  ASSIGN_OR_RETURN(result->doorkeeper_,
                   Doorkeeper::Start(std::move(doors), options.limits));
  return result;
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  SetServing(false);
  doorkeeper_ = nullptr;  // gRPC takes no connection any more
  server_->Shutdown(std::chrono::system_clock::now() +
                    absl::ToChronoMilliseconds(grace));
  server_->Wait();
  server_ = nullptr;
  unlink(socket_path_.c_str());
}

}  // namespace faas::rpc
