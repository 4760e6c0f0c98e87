// Tests functions that do not speak HTTP, and functions that change their
// protocol.

#include <sys/socket.h>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class ProtocolTest : public PlatformTestBase {
 protected:
  // Deploys a victim that speaks TCP and returns its address.
  std::string DeployTcp(const std::vector<std::string>& arguments) {
    return DeployWith("victim", arguments, {"--protocol=tcp"});
  }

  TestConnection Connect(const std::string& address) {
    auto connection = TestConnection::Open(address, platform().port());
    EXPECT_OK(connection);
    return *std::move(connection);
  }
};

TEST_F(ProtocolTest, FunctionMaySpeakFirst) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  const std::string address = DeployTcp({"speak-first"});
  TestConnection connection = Connect(address);
  EXPECT_OK(connection.ReadUntil("220 ready\n"));
  ASSERT_OK(connection.Send("hello\n"));
  const absl::StatusOr<std::string> all = connection.ReadToEnd();
  ASSERT_OK(all);
  EXPECT_EQ(*all, "220 ready\nhello\n");
}

TEST_F(ProtocolTest, ClientThatOnlyListensIsServed) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  const std::string address = DeployTcp({"speak-first"});
  TestConnection connection = Connect(address);
  ASSERT_EQ(shutdown(connection.fd(), SHUT_WR), 0);
  const absl::StatusOr<std::string> all = connection.ReadToEnd();
  ASSERT_OK(all);
  EXPECT_EQ(*all, "220 ready\n");
}

TEST_F(ProtocolTest, ThePlatformSaysNothing) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  const std::string address = DeployTcp({"exit-before", "3"});
  TestConnection connection = Connect(address);
  const absl::StatusOr<std::string> all = connection.ReadToEnd();
  ASSERT_OK(all);
  EXPECT_EQ(*all, "");
}

TEST_F(ProtocolTest, ChangesWithTheOption) {
  PlatformOptions options;
  options.gatewayd_flags = {"--first_byte_timeout=1s"};
  ASSERT_NO_FATAL_FAILURE(StartAlone(options));
  const std::string address = DeployTcp({"speak-first"});
  CommandResult updated =
      platform().Faas({"update", "--protocol", "http", "victim"});
  ASSERT_EQ(updated.exit_code, 0) << updated.err;
  const absl::StatusOr<std::string> nothing = Connect(address).ReadToEnd();
  ASSERT_OK(nothing);
  EXPECT_EQ(*nothing, "");
  updated = platform().Faas({"update", "--protocol", "tcp", "victim"});
  ASSERT_EQ(updated.exit_code, 0) << updated.err;
  TestConnection connection = Connect(address);
  EXPECT_OK(connection.ReadUntil("220 ready\n"));
}

}  // namespace
}  // namespace faas::testing
