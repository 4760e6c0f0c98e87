#include "common/rpc/server.h"

#include <grpcpp/client_context.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/fs/file.h"
#include "common/rpc/channel.h"
#include "faas/internal/v1/convergence_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

using grpc::health::v1::HealthCheckResponse;

// An EchoService answers with the generation that it is asked for, so that the
// tests see whether the server serves it.
class EchoService final : public internal::v1::ConvergenceService::Service {
 public:
  grpc::Status AwaitGeneration(
      grpc::ServerContext*, const internal::v1::AwaitGenerationRequest* request,
      internal::v1::AwaitGenerationResponse* response) override {
    response->set_generation(request->generation());
    return grpc::Status::OK;
  }
};

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/server_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    path_ = dir_ + "/s.sock";
    auto listener = Listener::Unix(path_, getegid());
    ASSERT_TRUE(listener.ok()) << listener.status();
    auto server =
        Server::Start({.listener = *std::move(listener), .services = {&echo_}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  HealthCheckResponse::ServingStatus Health() {
    const auto stub = grpc::health::v1::Health::NewStub(UnixChannel(path_));
    grpc::ClientContext context;
    HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, {}, &response).ok());
    return response.status();
  }

  std::string dir_, path_;
  EchoService echo_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, HealthFollowsSetServing) {
  EXPECT_EQ(Health(), HealthCheckResponse::NOT_SERVING);
  server_->SetServing(true);
  EXPECT_EQ(Health(), HealthCheckResponse::SERVING);
}

TEST_F(ServerTest, SocketIsPrivateAndGoesWithTheServer) {
  struct stat st;
  ASSERT_EQ(stat(path_.c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777, 0660u);
  server_->Shutdown(absl::ZeroDuration());
  EXPECT_NE(access(path_.c_str(), F_OK), 0);
  EXPECT_NE(access((path_ + ".new").c_str(), F_OK), 0);
}

TEST_F(ServerTest, ServesItsServices) {
  const auto stub =
      internal::v1::ConvergenceService::NewStub(UnixChannel(path_));
  internal::v1::AwaitGenerationRequest request;
  request.set_generation(3);
  internal::v1::AwaitGenerationResponse response;
  grpc::ClientContext context;
  EXPECT_TRUE(stub->AwaitGeneration(&context, request, &response).ok());
  EXPECT_EQ(response.generation(), 3u);
}

}  // namespace
}  // namespace faas::rpc
