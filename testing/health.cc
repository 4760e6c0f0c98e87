#include "testing/health.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <chrono>

#include "grpc/health/v1/health.grpc.pb.h"

namespace faas::testing {

bool IsServing(const std::string& socket_path) {
  using ::grpc::health::v1::HealthCheckResponse;
  const auto channel = ::grpc::CreateChannel(
      "unix:" + socket_path, ::grpc::InsecureChannelCredentials());
  ::grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() +
                       std::chrono::seconds(10));
  HealthCheckResponse response;
  return ::grpc::health::v1::Health::NewStub(channel)
             ->Check(&context, {}, &response)
             .ok() &&
         response.status() == HealthCheckResponse::SERVING;
}

}  // namespace faas::testing
