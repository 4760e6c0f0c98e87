#include "gatewayd/gateway_daemon.h"

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/fs/file.h"
#include "common/rpc/channel.h"
#include "faas/v1/function_service.grpc.pb.h"
#include "faas/v1/gateway_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "testing/http.h"
#include "testing/private_host.h"
#include "testing/status_matchers.h"

namespace faas::gatewayd {
namespace {

using grpc::health::v1::HealthCheckResponse;

constexpr char kAddress[] = "10.0.0.10";
constexpr uint16_t kPort = 80;
constexpr uint64_t kGeneration = 7;

// A OneFunctionRegistry plays a registryd with one function: it sends the
// snapshot and then no changes.
class OneFunctionRegistry final : public v1::FunctionService::Service {
 public:
  grpc::Status WatchFunctions(
      grpc::ServerContext* context, const v1::WatchFunctionsRequest*,
      grpc::ServerWriter<v1::WatchFunctionsResponse>* writer) override {
    v1::WatchFunctionsResponse response;
    response.set_generation(kGeneration);
    response.set_type(v1::WatchFunctionsResponse::EVENT_TYPE_SNAPSHOT);
    v1::Function& function = *response.mutable_function();
    function.set_name("hello");
    function.set_address(kAddress);
    function.set_port(kPort);
    writer->Write(response);
    response.clear_function();
    response.set_type(v1::WatchFunctionsResponse::EVENT_TYPE_SYNCED);
    writer->Write(response);
    while (!context->IsCancelled()) absl::SleepFor(absl::Milliseconds(5));
    return grpc::Status::OK;
  }
};

// A GatewayDaemonTest runs a gatewayd on a host of its own, with the privileges
// of the test and without a runnerd.
class GatewayDaemonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    flags_.run_dir = testing::PrivateHostDirectory() + "/run";
    ASSERT_OK(fs::MakeDirectories(flags_.run_dir, 0755));
    flags_.pool = *net::ParseIpv4Prefix("10.0.0.0/24");
    flags_.port = kPort;
    flags_.max_pending = 10;
    flags_.handoff_timeout = absl::Hours(1);
    flags_.first_byte_timeout = absl::Hours(1);
    flags_.max_silent = 10;
    flags_.stop_timeout = absl::Milliseconds(50);
    auto listener =
        rpc::Listener::Unix(flags_.run_dir + "/gatewayd.sock", getegid());
    ASSERT_OK(listener);
    PrivilegedSetup setup;
    setup.group = getegid();
    setup.listener = *std::move(listener);
    setup.guard.detail = "as the test wants it";
    auto daemon = GatewayDaemon::Start(flags_, std::move(setup));
    ASSERT_OK(daemon);
    daemon_ = *std::move(daemon);
    thread_ = std::thread([this] { result_ = daemon_->Run(stop_.get()); });
  }
  void TearDown() override {
    Stop();
    if (thread_.joinable()) thread_.join();
  }

  void StartRegistry() {
    auto listener =
        rpc::Listener::Unix(flags_.run_dir + "/registryd.sock", getegid());
    ASSERT_OK(listener);
    auto server = rpc::Server::Start(
        {.listener = *std::move(listener), .services = {&registry_}});
    ASSERT_OK(server);
    registry_server_ = *std::move(server);
  }

  void Stop() { eventfd_write(stop_.get(), 1); }

  bool IsServing() {
    const auto stub = grpc::health::v1::Health::NewStub(channel());
    grpc::ClientContext context;
    HealthCheckResponse response;
    EXPECT_TRUE(stub->Check(&context, {}, &response).ok());
    return response.status() == HealthCheckResponse::SERVING;
  }
  bool AwaitServing() {
    const absl::Time deadline = absl::Now() + absl::Seconds(30);
    while (!IsServing()) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }

  v1::ListListenersResponse ListListeners() {
    const auto stub = v1::GatewayService::NewStub(channel());
    grpc::ClientContext context;
    v1::ListListenersResponse response;
    EXPECT_TRUE(stub->ListListeners(&context, {}, &response).ok());
    return response;
  }

  std::shared_ptr<grpc::Channel> channel() {
    return rpc::UnixChannel(flags_.run_dir + "/gatewayd.sock");
  }

  Flags flags_;
  OneFunctionRegistry registry_;
  std::unique_ptr<rpc::Server> registry_server_;
  std::unique_ptr<GatewayDaemon> daemon_;
  const base::UniqueFd stop_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  absl::Status result_ = absl::UnknownError("still running");
  std::thread thread_;
};

TEST_F(GatewayDaemonTest, ServesOnceItKnowsTheFunctions) {
  EXPECT_FALSE(IsServing());
  StartRegistry();
  ASSERT_TRUE(AwaitServing());
  const v1::ListListenersResponse response = ListListeners();
  ASSERT_EQ(response.listeners_size(), 1);
  EXPECT_EQ(response.listeners(0).function(), "hello");
  EXPECT_EQ(response.listeners(0).address(), kAddress);
  EXPECT_EQ(response.listeners(0).error(), "");
  EXPECT_OK(testing::TestConnection::Open(kAddress, kPort));
}

TEST_F(GatewayDaemonTest, StopAnswersWhatNobodyHasTaken) {
  StartRegistry();
  ASSERT_TRUE(AwaitServing());
  auto client = testing::TestConnection::Open(kAddress, kPort);
  ASSERT_OK(client);
  ASSERT_OK(client->Send("GET / HTTP/1.1\r\n\r\n"));
  while (ListListeners().listeners(0).pending() == 0) {
    absl::SleepFor(absl::Milliseconds(5));
  }
  Stop();
  const auto answer = client->ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(testing::ParseHttpResponse(*answer).Header("X-Faasd-Error"),
            "shutting-down");
  client->Close();
  thread_.join();
  EXPECT_OK(result_);
  EXPECT_FALSE(testing::TestConnection::Open(kAddress, kPort).ok());
}

TEST_F(GatewayDaemonTest, StopsWithoutARegistry) {
  Stop();
  thread_.join();
  EXPECT_OK(result_);
}

}  // namespace
}  // namespace faas::gatewayd
