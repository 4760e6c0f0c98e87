// Tests that, however a request ends, the client gets an answer or the end of
// the stream, and nothing of the container stays.

#include <sys/socket.h>

#include <thread>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

constexpr absl::Duration kRequestTimeout = absl::Seconds(2);

// The tests share one platform. Each test leaves it as it was, and most tests
// check that.
class RequestEndingsTest : public PlatformTestBase {
 protected:
  static void TearDownTestSuite() { shared_.reset(); }

  void SetUp() override {
    platform_ = std::move(shared_);
    if (platform_ == nullptr) {
      ASSERT_NO_FATAL_FAILURE(StartAlone());
    }
    good_ = DeployVictim("good", {"by-path"});
  }

  void TearDown() override {
    PlatformTestBase::TearDown();
    // A test that failed does not pass its platform on.
    if (HasFailure()) return;
    for (const char* name : {"good", "victim"}) platform().Faas({"rm", name});
    SettledCount();
    shared_ = std::move(platform_);
  }

  // Deploys a victim with options of `faas new`, and counts what is there.
  std::string DeployAndCount(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& flags = {}) {
    const std::string address = DeployWith("victim", arguments, flags);
    CountBefore();
    return address;
  }

  // Counts what is there, after a first request has made everything that stays.
  void CountBefore() {
    EXPECT_EQ(Get(good_, "/ok").body, "ok\n");
    before_ = SettledCount();
  }

  void ExpectNothingLeft() { PlatformTestBase::ExpectNothingLeft(before_); }

  static std::string RequestTimeoutFlag() {
    return "--timeout=" + absl::FormatDuration(kRequestTimeout);
  }

  // Expects that the stream ends, in whatever way, without a byte.
  void ExpectClosedWithoutAnswer(TestConnection connection) {
    const absl::StatusOr<std::string> answer = connection.ReadToEnd();
    if (answer.ok()) {
      EXPECT_EQ(*answer, "");
    } else {
      EXPECT_EQ(answer.status().code(), absl::StatusCode::kAborted)
          << answer.status();
    }
  }

  std::string good_;
  Census before_;

 private:
  static std::unique_ptr<Platform> shared_;
};

std::unique_ptr<Platform> RequestEndingsTest::shared_;

TEST_F(RequestEndingsTest, GoodRequestLeavesNothing) {
  CountBefore();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Get(good_, "/ok").body, "ok\n");
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, HandlerThatNeverConnectsIsAnsweredWith504) {
  const std::string address =
      DeployAndCount({"never-connect"}, {"--start_timeout=2s"});
  const HttpResponse response = Get(address);
  EXPECT_EQ(response.status, 504) << response.raw;
  EXPECT_NE(response.Header("X-Faasd-Error"), "");
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, HandlerThatExitsBeforeIsAnsweredWith502) {
  const std::string address = DeployAndCount({"exit-before", "3"});
  const size_t offset = platform().log().Size();
  const HttpResponse response = Get(address);
  EXPECT_EQ(response.status, 502) << response.raw;
  EXPECT_NE(response.Header("X-Faasd-Error"), "");
  EXPECT_TRUE(platform().log().WaitFor("exited with code 3", kSoon, offset));
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, LastWordsThatAreNoTextHarmNobody) {
  const std::string address = DeployAndCount({"garble"});
  const size_t offset = platform().log().Size();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Get(address).Header("X-Faasd-Error"), "handler-exited");
  }
  const std::string log = platform().log().Text().substr(offset);
  EXPECT_EQ(log.find("[handoff]"), std::string::npos) << log;
  EXPECT_EQ(log.find('\x1b'), std::string::npos);
  EXPECT_NE(log.find("\\xff\\xfe\\x1b[2J"), std::string::npos);
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, ProgramThatIsNotThereIsAnsweredWith502) {
  ImageSettings settings;
  settings.cmd = {"/nonexistent"};
  const std::string address =
      Deploy("victim", ImageBuilder()
                           .AddLayer(MakeTar({DirectoryEntry("etc/")}))
                           .SetSettings(settings)
                           .Save(Layout::kDocker25));
  CountBefore();
  const HttpResponse response = Get(address);
  EXPECT_EQ(response.status, 502) << response.raw;
  EXPECT_NE(response.Header("X-Faasd-Error"), "");
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, HandlerThatExitsAfterClosesTheConnection) {
  CountBefore();
  const size_t offset = platform().log().Size();
  ExpectClosedWithoutAnswer(Request(good_, "/exit-after/9"));
  EXPECT_TRUE(platform().log().WaitFor("exited with code 9", kSoon, offset));
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, HandlerThatCrashesClosesTheConnection) {
  CountBefore();
  ExpectClosedWithoutAnswer(Request(good_, "/crash"));
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, HandlerThatHangsIsKilledAtTheDeadline) {
  const std::string address =
      DeployAndCount({"by-path"}, {RequestTimeoutFlag()});
  const absl::Time start = absl::Now();
  ExpectClosedWithoutAnswer(Request(address, "/hang"));
  EXPECT_GE(absl::Now() - start, kRequestTimeout);
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, HandlerThatNeverReceivesIsKilledAtTheDeadline) {
  const std::string address =
      DeployAndCount({"connect-only"}, {RequestTimeoutFlag()});
  ExpectClosedWithoutAnswer(Request(address, "/"));
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, ClientThatLeavesInTheMiddleLeavesNothing) {
  CountBefore();
  TestConnection closed = OpenGate(good_);
  closed.Close();
  TestConnection reset = OpenGate(good_);
  reset.Reset();
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, ClientThatLeavesAtOnceLeavesNothing) {
  CountBefore();
  for (int i = 0; i < 3; ++i) {
    auto connection = TestConnection::Open(good_, platform().port());
    ASSERT_OK(connection);
    if (i % 2 == 0) connection->Reset();
  }
  EXPECT_EQ(Get(good_, "/ok").body, "ok\n");
  ExpectNothingLeft();
}

class SilentClientTest : public RequestEndingsTest {
 protected:
  void SetUp() override {
    PlatformOptions options;
    options.gatewayd_flags = {"--first_byte_timeout=3s"};
    ASSERT_NO_FATAL_FAILURE(StartAlone(options));
    good_ = DeployVictim("good", {"by-path"});
  }
  void TearDown() override { PlatformTestBase::TearDown(); }
};

TEST_F(SilentClientTest, IsClosedAtTheDeadline) {
  CountBefore();
  auto connection = TestConnection::Open(good_, platform().port());
  ASSERT_OK(connection);
  ExpectClosedWithoutAnswer(*std::move(connection));
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, ChildThatIsLeftBehindDiesWithTheContainer) {
  CountBefore();
  EXPECT_EQ(Get(good_, "/daemonize").body, "ok\n");
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, FloodOfOutputIsBounded) {
  CountBefore();
  const size_t offset = platform().log().Size();
  EXPECT_EQ(Get(good_, "/stderr-flood/33554432").body, "ok\n");
  ExpectNothingLeft();
  EXPECT_LT(platform().log().Size() - offset, size_t{8} << 20);
}

TEST_F(RequestEndingsTest, ExitCodeAfterAnAnswerIsLogged) {
  const size_t offset = platform().log().Size();
  EXPECT_EQ(Get(good_, "/exit/7").body, "ok\n");
  EXPECT_TRUE(platform().log().WaitFor(
      "^\\[request\\] Container exited with code 7$", kSoon, offset));
}

TEST_F(RequestEndingsTest, LargeAnswerIsWhole) {
  EXPECT_EQ(Get(good_, "/big/33554432").body.size(), size_t{33554432});
}

TEST_F(RequestEndingsTest, ManyAtOnceAreAllAnswered) {
  CountBefore();
  constexpr int kCount = 24;
  std::vector<std::string> bodies(kCount);
  std::vector<std::thread> clients;
  for (int i = 0; i < kCount; ++i) {
    clients.emplace_back([&, i] { bodies[i] = Get(good_, "/ok").body; });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_THAT(bodies, ::testing::Each("ok\n"));
  ExpectNothingLeft();
}

TEST_F(RequestEndingsTest, LongRequestDoesNotCostTheClientItsAnswer) {
  const std::string address = DeployVictim("victim", {"exit-before"});
  auto connection = TestConnection::Open(address, platform().port());
  ASSERT_OK(connection);
  // This is more than the platform ever reads, so some of it is unread at the
  // close.
  ASSERT_OK(
      connection->Send("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n" +
                       std::string(100000, 'x')));
  const absl::StatusOr<std::string> answer = connection->ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).status, 502) << *answer;
}

TEST_F(RequestEndingsTest, ClientThatHasSaidAllIsAnswered) {
  TestConnection connection = Request(good_, "/ok");
  ASSERT_EQ(shutdown(connection.fd(), SHUT_WR), 0);
  const absl::StatusOr<std::string> answer = connection.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
}

TEST_F(RequestEndingsTest, ConnectionsAreServedSideBySide) {
  TestConnection first = OpenGate(good_);
  TestConnection second = OpenGate(good_);
  EXPECT_EQ(Release(&second), "released\n");
  EXPECT_EQ(Release(&first), "released\n");
}

TEST_F(RequestEndingsTest, RemovedFunctionFinishesWhatItServes) {
  const std::string address = DeployVictim("removed", {"by-path"});
  TestConnection gate = OpenGate(address);
  EXPECT_EQ(platform().Faas({"rm", "removed"}).exit_code, 0);
  EXPECT_EQ(Release(&gate), "released\n");
  EXPECT_FALSE(HttpGet(address, platform().port(), "/").ok());
}

class OverloadTest : public PlatformTestBase {};

TEST_F(OverloadTest, ConnectionsWaitForAPlaceAndTooManyAreRefused) {
  PlatformOptions options;
  options.runnerd_flags = {"--max_instances=1", "--max_queued_total=1"};
  ASSERT_NO_FATAL_FAILURE(StartAlone(options));
  const std::string address = DeployVictim("hello", {"by-path"});
  TestConnection gate = OpenGate(address);
  const size_t offset = platform().log().Size();
  TestConnection waiting = Request(address, "/ok");
  EXPECT_TRUE(platform().log().WaitFor("Handling request", kSoon, offset));
  const HttpResponse refused = Get(address, "/ok");
  EXPECT_EQ(refused.status, 503) << refused.raw;
  EXPECT_EQ(refused.Header("X-Faasd-Error"), "overloaded");
  EXPECT_NE(refused.Header("Retry-After"), "");
  EXPECT_EQ(Release(&gate), "released\n");
  const absl::StatusOr<std::string> answer = waiting.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
}

}  // namespace
}  // namespace faas::testing
