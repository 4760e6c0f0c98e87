// A gatewayd that has no descriptors left says so, does not spin, and goes on
// when there are some again.

#include <poll.h>
#include <sys/resource.h>
#include <time.h>

#include <filesystem>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

constexpr absl::Duration kWatched = absl::Seconds(2);

class DescriptorsTest : public PlatformTestBase {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(StartAlone());
    address_ = DeployVictim("hello", {"by-path"});
    EXPECT_EQ(Get(address_, "/ok").body, "ok\n");
    SettledCount();
    gatewayd_ = platform().DaemonPid("gatewayd");
  }

  // Returns the descriptor number below which gatewayd has `count` free ones.
  rlim_t LimitThatLeaves(int count) const {
    const std::string open = "/proc/" + std::to_string(gatewayd_) + "/fd/";
    rlim_t limit = 0;
    for (; count > 0 || std::filesystem::exists(std::filesystem::symlink_status(
                            open + std::to_string(limit)));
         ++limit) {
      if (!std::filesystem::exists(
              std::filesystem::symlink_status(open + std::to_string(limit)))) {
        --count;
      }
    }
    return limit;
  }

  void Limit(rlim_t limit) {
    rlimit limits;
    ASSERT_EQ(prlimit(gatewayd_, RLIMIT_NOFILE, nullptr, &limits), 0);
    limits.rlim_cur = limit;
    ASSERT_EQ(prlimit(gatewayd_, RLIMIT_NOFILE, &limits, nullptr), 0);
  }
  void Unlimit() {
    rlimit limits;
    ASSERT_EQ(prlimit(gatewayd_, RLIMIT_NOFILE, nullptr, &limits), 0);
    Limit(limits.rlim_max);
  }

  absl::Duration CpuTime() const {
    clockid_t clock;
    timespec time = {};
    EXPECT_EQ(clock_getcpuclockid(gatewayd_, &clock), 0);
    EXPECT_EQ(clock_gettime(clock, &time), 0);
    return absl::DurationFromTimespec(time);
  }

  // Expects that gatewayd hardly works during kWatched, in which `connection`
  // gets no answer. If it did spin, it would take all of that time.
  void ExpectQuietWhileUnanswered(const TestConnection& connection) {
    const absl::Duration before = CpuTime();
    pollfd answer = {.fd = connection.fd(), .events = POLLIN};
    EXPECT_EQ(poll(&answer, 1, absl::ToInt64Milliseconds(kWatched)), 0);
    EXPECT_LT(CpuTime() - before, kWatched / 4);
  }

  static void ExpectOk(TestConnection* connection) {
    const absl::StatusOr<std::string> answer = connection->ReadToEnd();
    ASSERT_OK(answer);
    EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
  }

  std::string address_;
  pid_t gatewayd_ = 0;
};

TEST_F(DescriptorsTest, TooManyAreAnswered503AndTheOthersServedLater) {
  platform().daemon("runnerd")->Kill();
  Limit(LimitThatLeaves(4));
  // These connections wait for runnerd and have taken all descriptors.
  std::vector<TestConnection> connections;
  for (int i = 0; i < 16; ++i) connections.push_back(Request(address_, "/ok"));
  const absl::StatusOr<std::string> refused = connections.back().ReadToEnd();
  ASSERT_OK(refused);
  const HttpResponse response = ParseHttpResponse(*refused);
  EXPECT_EQ(response.status, 503) << response.raw;
  EXPECT_EQ(response.Header("X-Faasd-Error"), "out-of-descriptors");
  EXPECT_EQ(response.Header("Retry-After"), "1");
  ExpectQuietWhileUnanswered(connections.front());
  // The limit stays. The waiting connections do not keep gatewayd from
  // connecting to runnerd.
  ASSERT_OK(platform().StartDaemon("runnerd"));
  ExpectOk(&connections.front());
  ASSERT_TRUE(WaitUntil([&] {
    const auto again = HttpGet(address_, platform().port(), "/ok");
    return again.ok() && again->body == "ok\n";
  }));
}

TEST_F(DescriptorsTest, WithNoneAtAllClientsWaitUntilThereAreSome) {
  Limit(3);
  TestConnection connection = Request(address_, "/ok");
  ExpectQuietWhileUnanswered(connection);
  Unlimit();
  ExpectOk(&connection);
  EXPECT_EQ(Get(address_, "/ok").body, "ok\n");
}

}  // namespace
}  // namespace faas::testing
