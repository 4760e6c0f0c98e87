#include "function/convergence.h"

#include <grpcpp/client_context.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "common/fs/file.h"
#include "common/rpc/channel.h"
#include "common/rpc/server.h"
#include "gtest/gtest.h"

namespace faas::function {
namespace {

class ConvergenceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/convergence_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    path_ = dir_ + "/s.sock";
    auto listener = rpc::Listener::Unix(path_, getegid());
    ASSERT_TRUE(listener.ok()) << listener.status();
    auto server = rpc::Server::Start(
        {.listener = *std::move(listener), .services = {&convergence_}});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  std::string dir_, path_;
  Convergence convergence_;
  std::unique_ptr<rpc::Server> server_;
};

TEST_F(ConvergenceTest, AwaitGenerationReturnsWhenReached) {
  convergence_.Reached(3);
  const auto stub =
      internal::v1::ConvergenceService::NewStub(rpc::UnixChannel(path_));
  internal::v1::AwaitGenerationRequest request;
  request.set_generation(3);
  internal::v1::AwaitGenerationResponse response;
  grpc::ClientContext context;
  EXPECT_TRUE(stub->AwaitGeneration(&context, request, &response).ok());
  EXPECT_EQ(response.generation(), 3u);
  request.set_generation(4);
  grpc::ClientContext late;
  late.set_deadline(std::chrono::system_clock::now() +
                    std::chrono::milliseconds(50));
  EXPECT_EQ(stub->AwaitGeneration(&late, request, &response).error_code(),
            grpc::StatusCode::DEADLINE_EXCEEDED);
}

}  // namespace
}  // namespace faas::function
