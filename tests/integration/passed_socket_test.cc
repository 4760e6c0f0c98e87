// Tests what a handler in its container can do with the client's socket, apart
// from answering on it.

#include <grpcpp/client_context.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "absl/strings/str_cat.h"
#include "common/base/unique_fd.h"
#include "common/rpc/channel.h"
#include "faas/v1/gateway_service.grpc.pb.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class PassedSocketTest : public PlatformTestBase {
 protected:
  void SetUp() override {
    target_ = base::UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    ASSERT_EQ(
        bind(target_.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
    ASSERT_EQ(listen(target_.get(), 16), 0);
    ASSERT_EQ(getsockname(target_.get(), reinterpret_cast<sockaddr*>(&address),
                          &length),
              0);
    port_ = ntohs(address.sin_port);
  }

  void Start(const std::string& gatewayd_args) {
    PlatformOptions options;
    options.supervisor_flags = {"--gatewayd_args=" + gatewayd_args};
    ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
    EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  }

  v1::GetSocketGuardResponse Guard() {
    const auto stub = v1::GatewayService::NewStub(
        rpc::UnixChannel(platform().run_dir() + "/gatewayd.sock"));
    grpc::ClientContext context;
    v1::GetSocketGuardResponse response;
    const grpc::Status status = stub->GetSocketGuard(&context, {}, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  }

  // Lets the handler try to reach the host's 127.0.0.1.
  void ExpectAttempts(const std::string& connect,
                      const std::string& fast_open) {
    const size_t offset = platform().log().Size();
    const TestConnection client =
        Request("10.0.0.10", absl::StrCat("/reach/", port_));
    EXPECT_EQ(platform().log().WaitForSequence(
                  {"\\[victim\\] connect: " + connect,
                   "\\[victim\\] fast open: " + fast_open},
                  kSoon, offset),
              "");
  }

  // A socket that listens on the host's 127.0.0.1, which no function may reach.
  base::UniqueFd target_;
  int port_ = 0;
};

TEST_F(PassedSocketTest, CannotBeConnectedAgain) {
  const std::string before = TakeCensus("", {}, {}).Describe();
  ASSERT_NO_FATAL_FAILURE(Start(""));
  EXPECT_TRUE(platform().log().WaitFor(
      "^\\[init\\] Passed sockets cannot be connected again: BPF on "));
  ExpectAttempts("EPERM", "EPERM");
  EXPECT_EQ(Guard().kind(), v1::GetSocketGuardResponse::KIND_BPF);
  EXPECT_THAT(Guard().detail(), ::testing::StartsWith("on \"/sys/fs/cgroup/"));
  EXPECT_EQ(platform().supervisor()->Stop(), 0);
  EXPECT_EQ(TakeCensus("", {}, {}).Describe(), before);
}

TEST_F(PassedSocketTest, CannotBeConnectedAgainBehindAFirewall) {
  ASSERT_NO_FATAL_FAILURE(Start("--socket_guard=firewall"));
  EXPECT_TRUE(platform().log().WaitFor(
      "^\\[init\\] Passed sockets cannot be connected again: firewall table "));
  ExpectAttempts("ECONNREFUSED", "ECONNREFUSED");
  EXPECT_EQ(Guard().kind(), v1::GetSocketGuardResponse::KIND_FIREWALL);
  const auto tables = [] { return RunCommand({"nft", "list", "tables"}).out; };
  EXPECT_EQ(tables().rfind("table inet faasd_", 0), 0u) << tables();
  EXPECT_EQ(platform().supervisor()->Stop(), 0);
  EXPECT_EQ(tables(), "");
}

// The other tests look for something that does happen without a guard.
TEST_F(PassedSocketTest, UnguardedReachesTheHost) {
  ASSERT_NO_FATAL_FAILURE(Start("--socket_guard=none --allow_socket_reuse"));
  EXPECT_TRUE(platform().log().WaitFor("^\\[init\\] WARNING: handlers can "));
  ExpectAttempts("reached", "reached");
  EXPECT_EQ(Guard().kind(), v1::GetSocketGuardResponse::KIND_NONE);
  EXPECT_EQ(Guard().detail(), "--socket_guard=none");
}

TEST_F(PassedSocketTest, WithoutAGuardItDoesNotStart) {
  PlatformOptions options;
  options.supervisor_flags = {"--gatewayd_args=--socket_guard=none"};
  platform_ = std::make_unique<Platform>(options);
  EXPECT_FALSE(platform().Start().ok());
  EXPECT_TRUE(platform().log().WaitFor(
      "^gatewayd: handlers could reach .*--allow_socket_reuse"));
}

TEST_F(PassedSocketTest, NextStartTakesTheCgroupOfAKilledOne) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  const std::vector<std::string> before = SettledCount().cgroups;
  platform().daemon("gatewayd")->Kill();
  ASSERT_OK(platform().StartDaemon("gatewayd"));
  ASSERT_OK(platform().AwaitHealthy());
  EXPECT_EQ(platform().Count().cgroups, before);
  ExpectAttempts("EPERM", "EPERM");
}

}  // namespace
}  // namespace faas::testing
