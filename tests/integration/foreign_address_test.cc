// Tests that faasd leaves addresses on lo alone that are not its own.

#include <netinet/in.h>
#include <sys/socket.h>

#include "common/base/unique_fd.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class ForeignAddressTest : public PlatformTestBase {
 protected:
  static void Add(const std::string& address) {
    const CommandResult result =
        RunCommand({"ip", "addr", "add", address, "dev", "lo"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  void TearDown() override {
    PlatformTestBase::TearDown();
    platform_.reset();
    RunCommand({"ip", "addr", "flush", "dev", "lo", "to", "10.0.0.0/24"});
  }

  static bool IsThere(const std::string& address) {
    return RunCommand({"ip", "-o", "addr", "show", "dev", "lo"})
               .out.find("inet " + address + " ") != std::string::npos;
  }
};

TEST_F(ForeignAddressTest, AddressIsSkippedAndNeverRemoved) {
  Add("10.0.0.10/24");
  Add("10.0.0.12/32");
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.11");
  EXPECT_EQ(DeployVictim("b", {"by-path"}), "10.0.0.13");
  EXPECT_EQ(Get("10.0.0.11", "/ok").body, "ok\n");
  EXPECT_EQ(platform().Faas({"rm", "a"}).exit_code, 0);
  EXPECT_FALSE(IsThere("10.0.0.11/24"));
  EXPECT_TRUE(IsThere("10.0.0.10/24"));
  EXPECT_TRUE(IsThere("10.0.0.12/32"));
  // Removing one of faasd's addresses does not remove others of the subnet.
  EXPECT_TRUE(IsThere("10.0.0.13/24"));
  EXPECT_EQ(Get("10.0.0.13", "/ok").body, "ok\n");

  platform().supervisor()->Kill();
  EXPECT_TRUE(
      WaitUntil([this] { return platform().Count().processes.size() == 2; }));
  ASSERT_OK(platform().Start());
  EXPECT_EQ(platform().supervisor()->Stop(), 0);
  EXPECT_TRUE(IsThere("10.0.0.10/24"));
  EXPECT_TRUE(IsThere("10.0.0.12/32"));
}

TEST_F(ForeignAddressTest, AddressAddedLaterIsSkippedToo) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  Add("10.0.0.11/24");
  EXPECT_EQ(DeployVictim("b", {"by-path"}), "10.0.0.12");
  EXPECT_EQ(platform().Faas({"rm", "b"}).exit_code, 0);
  EXPECT_EQ(platform().Faas({"rm", "a"}).exit_code, 0);
  EXPECT_TRUE(IsThere("10.0.0.11/24"));
}

TEST_F(ForeignAddressTest, PortTakenOnEveryAddressIsSaid) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  base::UniqueFd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  sockaddr_in any = {};
  any.sin_family = AF_INET;
  any.sin_port = htons(80);
  ASSERT_EQ(
      bind(listener.get(), reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
  ASSERT_EQ(listen(listener.get(), 1), 0);
  const CommandResult result = platform().Faas({"new", "a"}, VictimArchive());
  EXPECT_GT(result.exit_code, 0);
  EXPECT_THAT(result.err, ::testing::ContainsRegex("port|:80"));
  EXPECT_FALSE(IsThere("10.0.0.10/24"));
  listener.reset();
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
}

TEST_F(ForeignAddressTest, OwnAddressRemovedByHandComesBack) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  EXPECT_EQ(
      RunCommand({"ip", "addr", "del", "10.0.0.10/24", "dev", "lo"}).exit_code,
      0);
  EXPECT_TRUE(WaitUntil([] {
    const auto response = HttpGet("10.0.0.10", 80, "/ok");
    return response.ok() && response->body == "ok\n";
  }));
}

}  // namespace
}  // namespace faas::testing
