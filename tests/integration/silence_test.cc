// Tests clients of HTTP functions that connect and say nothing.

#include <filesystem>
#include <iterator>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class SilenceTest : public PlatformTestBase {
 protected:
  void Start(const std::vector<std::string>& gatewayd_flags) {
    PlatformOptions options;
    options.gatewayd_flags = gatewayd_flags;
    ASSERT_NO_FATAL_FAILURE(StartAlone(options));
    address_ = DeployVictim("hello", {"by-path"});
    // There may be several attempts if this test was slower than
    // --first_byte_timeout.
    EXPECT_TRUE(WaitUntil([this] {
      const auto response = HttpGet(address_, platform().port(), "/ok");
      return response.ok() && response->body == "ok\n";
    }));
  }

  TestConnection Connect() {
    auto connection = TestConnection::Open(address_, platform().port());
    EXPECT_OK(connection);
    return *std::move(connection);
  }

  // Returns how many descriptors gatewayd has open.
  size_t OpenDescriptors() {
    const std::filesystem::directory_iterator open(
        "/proc/" + std::to_string(platform().DaemonPid("gatewayd")) + "/fd");
    return std::distance(begin(open), end(open));
  }

  std::string address_;
};

TEST_F(SilenceTest, SilentConnectionStartsNoContainerAndIsClosed) {
  ASSERT_NO_FATAL_FAILURE(Start({"--first_byte_timeout=1s"}));
  const Census before = SettledCount();
  const size_t offset = platform().log().Size();
  const absl::Time start = absl::Now();
  TestConnection silent = Connect();
  const absl::StatusOr<std::string> answer = silent.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(*answer, "");
  EXPECT_GE(absl::Now() - start, absl::Seconds(1));
  EXPECT_EQ(platform().log().Text().substr(offset), "");
  ExpectNothingLeft(before);
}

TEST_F(SilenceTest, SilentConnectionIsServedOnceItSpeaks) {
  ASSERT_NO_FATAL_FAILURE(Start({"--first_byte_timeout=1h"}));
  SettledCount();
  const size_t open = OpenDescriptors();
  TestConnection late = Connect();
  // The kernel has waited for the first byte and given up, so gatewayd has
  // accepted the connection.
  ASSERT_TRUE(WaitUntil([&] { return OpenDescriptors() > open; }));
  EXPECT_EQ(Get(address_, "/ok").body, "ok\n");
  ASSERT_OK(late.Send("GET /ok HTTP/1.1\r\n\r\n"));
  const absl::StatusOr<std::string> answer = late.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
}

TEST_F(SilenceTest, OfTooManySilentConnectionsTheOldestGoes) {
  ASSERT_NO_FATAL_FAILURE(Start({"--first_byte_timeout=1h", "--max_silent=1"}));
  SettledCount();
  const size_t open = OpenDescriptors();
  TestConnection first = Connect();
  ASSERT_TRUE(WaitUntil([&] { return OpenDescriptors() > open; }));
  TestConnection second = Connect();
  const absl::StatusOr<std::string> nothing = first.ReadToEnd();
  ASSERT_OK(nothing);
  EXPECT_EQ(*nothing, "");
  ASSERT_OK(second.Send("GET /ok HTTP/1.1\r\n\r\n"));
  const absl::StatusOr<std::string> answer = second.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
}

}  // namespace
}  // namespace faas::testing
