#include "common/rpc/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <thread>
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
    // Everything that matters is returned as a status. The library's own lines
    // would only mix with the log.
    gpr_set_log_function([](gpr_log_func_args*) {});
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    return true;
  }();
  static_cast<void>(enabled);
}

using ConnectionType =
    grpc::ServerBuilder::experimental_type::ExternalConnectionType;

// Returns where the ConnectionAcceptor gives connections to gRPC. They show
// `credentials`, and `guard` checks each of their calls.
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

// The client sees nothing of these credentials, and sends plaintext.
std::shared_ptr<grpc::ServerCredentials> LocalCredentials() {
  return grpc::experimental::LocalServerCredentials(UDS);
}

void SetLimits(grpc::ServerBuilder& builder, const Limits& limits) {
  const auto milliseconds = [](absl::Duration duration) {
    return static_cast<int>(absl::ToInt64Milliseconds(duration));
  };
  // A client whose host has gone must not hold its call for ever.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMs);
  // A client that has no data to send may ping this often; more pings end the
  // connection.
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
  builder.SetResourceQuota(grpc::ResourceQuota("rpc")
                               .SetMaxThreads(kMaxRpcThreads)
                               .Resize(limits.memory_bytes));
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
}

// Returns a server with threads and memory of its own, for what `add` adds to
// it.
absl::StatusOr<std::unique_ptr<grpc::Server>> Build(
    const Server::Options& options,
    const std::function<void(grpc::ServerBuilder&)>& add) {
  grpc::ServerBuilder builder;
  SetLimits(builder, options.limits);
  add(builder);
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        "gRPC does not start for ", options.listener.name(),
        options.control.has_value()
            ? "; are the files of --tls_cert, --tls_key and --tls_client_ca in "
              "PEM?"
            : ""));
  }
  server->GetHealthCheckService()->SetServingStatus(false);
  return server;
}

}  // namespace

std::vector<std::string> Server::ReadOnlyMethods() {
  return {
      "/faas.v1.FunctionService/WatchFunctions",
      "/faas.internal.v1.ConvergenceService/AwaitGeneration",
      "/grpc.health.v1.Health/Check",
      "/grpc.health.v1.Health/Watch",
  };
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Options options) {
  EnablePlugins();
  auto result = std::unique_ptr<Server>(new Server(options.listener.name()));
  const Limits& limits = options.limits;
  std::vector<ListenerGroup> groups(1);
  const auto add_owner = [&](grpc::ServerBuilder& builder) {
    groups[0].owner = AddAcceptor(
        builder, LocalCredentials(),
        std::make_shared<CallRate>(limits.calls_per_second, std::nullopt));
  };
  const auto add_others = [&](grpc::ServerBuilder& builder) {
    const auto rate = std::make_shared<CallRate>(limits.calls_per_second,
                                                 limits.all_calls_per_second);
    groups[0].full = AddAcceptor(builder, LocalCredentials(), rate);
    groups[0].read_only =
        AddAcceptor(builder, LocalCredentials(), rate,
                    std::make_shared<MethodGuard>(options.read_only_methods));
  };
  const auto add_control = [&](grpc::ServerBuilder& builder) {
    groups.emplace_back().full =
        AddAcceptor(builder, options.control->credentials,
                    std::make_shared<CallRate>(limits.calls_per_second,
                                               limits.all_calls_per_second),
                    options.control->guard);
  };
  std::vector<std::function<void(grpc::ServerBuilder&)>> parts = {add_owner,
                                                                  add_others};
  if (options.control.has_value()) parts.push_back(add_control);
  for (const auto& add : parts) {
    ASSIGN_OR_RETURN(auto server, Build(options, add));
    result->servers_.push_back(std::move(server));
  }
  groups[0].listeners.push_back(std::move(options.listener));
  groups[0].policy = std::move(options.access);
  if (options.control.has_value()) {
    groups[1].listeners = std::move(options.control->listeners);
  }
  ASSIGN_OR_RETURN(result->acceptor_,
                   ConnectionAcceptor::Start(std::move(groups), limits));
  return result;
}

Server::Server(std::string socket_path)
    : socket_path_(std::move(socket_path)) {}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::SetServing(bool serving) {
  for (const auto& server : servers_) {
    server->GetHealthCheckService()->SetServingStatus(serving);
  }
}

void Server::Shutdown(absl::Duration grace) {
  if (servers_.empty()) return;
  SetServing(false);
  acceptor_ = nullptr;  // gRPC gets no more connections
  const auto deadline =
      std::chrono::system_clock::now() + absl::ToChronoMilliseconds(grace);
  // All servers shut down at the same time, so that none takes calls while
  // another waits for its own to finish.
  std::vector<std::thread> threads;
  for (const auto& server : servers_) {
    threads.emplace_back([&server, deadline] {
      server->Shutdown(deadline);
      server->Wait();
    });
  }
  for (std::thread& thread : threads) thread.join();
  servers_.clear();
  unlink(socket_path_.c_str());
}

}  // namespace faas::rpc
