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

std::unique_ptr<Acceptor> AddAcceptor(
    grpc::ServerBuilder& builder,
    const std::shared_ptr<grpc::ServerCredentials>& credentials) {
  return builder.experimental().AddExternalConnectionAcceptor(
      ConnectionType::FROM_FD, credentials);
}

// For connections that the Doorkeeper knows. Nothing of it is seen by the
// client, which talks in the clear.
std::shared_ptr<grpc::ServerCredentials> LocalCredentials(
    std::shared_ptr<grpc::AuthMetadataProcessor> guard = nullptr) {
  auto credentials = grpc::experimental::LocalServerCredentials(UDS);
  if (guard != nullptr) credentials->SetAuthMetadataProcessor(guard);
  return credentials;
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
  SetLimits(builder, options.limits);
  const std::string path = options.listener.name();
  Door local;
  local.listeners.push_back(std::move(options.listener));
  local.policy = std::move(options.access);
  local.full = AddAcceptor(builder, LocalCredentials());
  local.read_only = AddAcceptor(
      builder, LocalCredentials(
                   std::make_shared<MethodGuard>(options.read_only_methods)));
  std::vector<Door> doors;
  doors.push_back(std::move(local));
  if (options.control.has_value()) {
    Door control;
    control.listeners = std::move(options.control->listeners);
    control.full = AddAcceptor(builder, options.control->credentials);
    doors.push_back(std::move(control));
  }
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        "gRPC does not start for ", path,
        options.control.has_value() ? ": are the files of --tls_cert, "
                                      "--tls_key and --tls_client_ca in PEM?"
                                    : ""));
  }
  server->GetHealthCheckService()->SetServingStatus(false);
  auto result = std::unique_ptr<Server>(new Server(std::move(server), path));
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
