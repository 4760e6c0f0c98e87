#include "common/rpc/server.h"

#include <grpc/support/log.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"

namespace faas::rpc {
namespace {

constexpr char kUnpublished[] = ".new";
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

absl::Status Publish(const std::string& socket_path) {
  const std::string unpublished = socket_path + kUnpublished;
  if (chmod(unpublished.c_str(), 0660) != 0 ||
      rename(unpublished.c_str(), socket_path.c_str()) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("publish socket \"", socket_path, "\""));
  }
  return absl::OkStatus();
}

}  // namespace

Server::Server(std::unique_ptr<grpc::Server> server, std::string socket_path)
    : server_(std::move(server)), socket_path_(std::move(socket_path)) {}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const Options& options) {
  const std::string unpublished = options.socket_path + kUnpublished;
  if (unpublished.size() >= sizeof(sockaddr_un::sun_path)) {
    return absl::InvalidArgumentError(
        absl::StrCat("socket path \"", options.socket_path,
                     "\" is too long; choose a shorter --run_dir"));
  }
  EnablePlugins();
  grpc::ServerBuilder builder;
  // By default two processes could share a TCP port without noticing.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  // A client whose host is gone must not hold its call for ever.
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveTimeMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS,
                             kKeepaliveTimeoutMs);
  builder.SetMaxReceiveMessageSize(kMaxRpcMessageBytes);
  builder.SetResourceQuota(
      grpc::ResourceQuota("rpc").SetMaxThreads(kMaxRpcThreads));
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  int tcp_port = 0;
  builder.AddListeningPort("unix:" + unpublished,
                           grpc::InsecureServerCredentials());
  if (!options.tcp_address.empty()) {
    builder.AddListeningPort(options.tcp_address,
                             grpc::InsecureServerCredentials(), &tcp_port);
  }
  for (grpc::Service* service : options.services) {
    builder.RegisterService(service);
  }
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    return absl::UnavailableError(absl::StrCat(
        "cannot listen on ", options.socket_path,
        options.tcp_address.empty() ? "" : " and " + options.tcp_address,
        ": is the address in use?"));
  }
  server->GetHealthCheckService()->SetServingStatus(false);
  auto result = std::unique_ptr<Server>(
      new Server(std::move(server), options.socket_path));
  if (absl::Status status = Publish(options.socket_path); !status.ok()) {
    return status;
  }
  return result;
}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

void Server::SetServing(bool serving) {
  server_->GetHealthCheckService()->SetServingStatus(serving);
}

void Server::Shutdown(absl::Duration grace) {
  if (server_ == nullptr) return;
  SetServing(false);
  server_->Shutdown(std::chrono::system_clock::now() +
                    absl::ToChronoMilliseconds(grace));
  server_->Wait();
  server_ = nullptr;
  unlink(socket_path_.c_str());
}

}  // namespace faas::rpc
