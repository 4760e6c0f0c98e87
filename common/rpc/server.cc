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
#include "common/rpc/call_guard.h"
#include "common/rpc/call_rate.h"
#include "common/rpc/method_guard.h"

namespace faas::rpc {
namespace {

constexpr int kKeepaliveTimeMs = 20'000;
constexpr int kKeepaliveTimeoutMs = 10'000;
constexpr int kMinPingIntervalMs = 10'000;
constexpr int kMaxPingStrikes = 2;

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

// Of connections that the Doorkeeper gives to gRPC, which show `credentials`,
// and of which each call passes `guard`.
std::unique_ptr<Acceptor> AddAcceptor(
    grpc::ServerBuilder& builder,
    const std::shared_ptr<grpc::ServerCredentials>& credentials,
    std::shared_ptr<CallRate> rate,
    std::shared_ptr<grpc::AuthMetadataProcessor> guard = nullptr) {
  credentials->SetAuthMetadataProcessor(
      std::make_shared<CallGuard>(std::move(guard), std::move(rate)));
  return builder.experimental().AddExternalConnectionAcceptor(
      ConnectionType::FROM_FD, credentials);
}

// Nothing of these is seen by the client, which talks in the clear.
std::shared_ptr<grpc::ServerCredentials> LocalCredentials() {
  return grpc::experimental::LocalServerCredentials(UDS);
}

Door UnixDoor(grpc::ServerBuilder& builder, Server::Options& options) {
  const Limits& limits = options.limits;
  // One for root: others must not be able to use up what it needs.
  const auto owners =
      std::make_shared<CallRate>(limits.calls_per_second, std::nullopt);
  const auto others = std::make_shared<CallRate>(limits.calls_per_second,
                                                 limits.all_calls_per_second);
  Door door;
  door.listeners.push_back(std::move(options.listener));
  door.policy = std::move(options.access);
  door.owner = AddAcceptor(builder, LocalCredentials(), owners);
  door.full = AddAcceptor(builder, LocalCredentials(), others);
  door.read_only =
      AddAcceptor(builder, LocalCredentials(), others,
                  std::make_shared<MethodGuard>(options.read_only_methods));
  return door;
}

Door ControlDoor(grpc::ServerBuilder& builder, ControlListener control,
                 const Limits& limits) {
  Door door;
  door.listeners = std::move(control.listeners);
  door.full =
      AddAcceptor(builder, control.credentials,
                  std::make_shared<CallRate>(limits.calls_per_second,
                                             limits.all_calls_per_second),
                  control.guard);
  return door;
}

void SetLimits(grpc::ServerBuilder& builder, const Limits& limits) {
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<int>(absl::ToInt64Milliseconds(duration));
  };
  // A client whose host is gone must not hold its call for ever.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMs);
  // Pings of a client that has no data to send; more end the connection.
  builder.AddChannelArgument(
      GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
      kMinPingIntervalMs);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, kMaxPingStrikes);
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
  std::vector<Door> doors;
  doors.push_back(UnixDoor(builder, options));
  if (options.control.has_value()) {
    doors.push_back(
        ControlDoor(builder, *std::move(options.control), options.limits));
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
