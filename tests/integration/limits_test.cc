// Tests limits and deadlines of the host and of a function.

#include <sys/socket.h>

#include <utility>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class LimitsTest : public PlatformTestBase {
 protected:
  // Returns a connection that waits for a container.
  TestConnection Queue(const std::string& address) {
    const size_t offset = platform().log().Size();
    TestConnection connection = Request(address, "/ok");
    EXPECT_TRUE(platform().log().WaitFor("Handling request", kSoon, offset));
    return connection;
  }

  void ExpectRefused(const std::string& address, const std::string& reason) {
    const HttpResponse refused = Get(address, "/ok");
    EXPECT_EQ(refused.status, 503) << refused.raw;
    EXPECT_EQ(refused.Header("X-Faasd-Error"), reason);
    EXPECT_EQ(refused.Header("Retry-After"), "1");
  }

  static void ExpectServed(TestConnection connection) {
    const absl::StatusOr<std::string> answer = connection.ReadToEnd();
    ASSERT_OK(answer);
    EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
  }
};

TEST_F(LimitsTest, AFunctionHasItsOwnConcurrencyAndQueue) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string small = DeployWith(
      "small", {"by-path"}, {"--max_concurrency=1", "--max_queued=1"});
  const std::string other = DeployVictim("other", {"by-path"});
  TestConnection gate = OpenGate(small);
  TestConnection waiting = Queue(small);
  ExpectRefused(small, "queue-full");
  EXPECT_EQ(Get(other, "/ok").body, "ok\n");
  EXPECT_EQ(Release(&gate), "released\n");
  ExpectServed(std::move(waiting));
}

TEST_F(LimitsTest, AFloodedFunctionLeavesItsShareToAnother) {
  ASSERT_NO_FATAL_FAILURE(StartWith({"--max_instances=2"}));
  const std::string flood = DeployVictim("flood", {"by-path"});
  const std::string quiet = DeployVictim("quiet", {"by-path"});
  TestConnection first = OpenGate(flood);
  TestConnection second = OpenGate(flood);
  std::vector<TestConnection> waiting;
  for (int i = 0; i < 10; ++i) waiting.push_back(Queue(flood));
  TestConnection last = Queue(quiet);
  EXPECT_EQ(Release(&first), "released\n");
  // It is not served behind the ten that came before it, although their
  // function still has the other place.
  ExpectServed(std::move(last));
  EXPECT_EQ(Release(&second), "released\n");
  for (TestConnection& connection : waiting) {
    ExpectServed(std::move(connection));
  }
}

TEST_F(LimitsTest, OnesThatWaitForTooLongAreRefused) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address = DeployWith(
      "f", {"by-path"}, {"--max_concurrency=1", "--queue_timeout=300ms"});
  TestConnection gate = OpenGate(address);
  ExpectRefused(address, "queue-timeout");
  EXPECT_EQ(Release(&gate), "released\n");
}

// Another function's connection came before it and may wait for longer than
// this test does.
TEST_F(LimitsTest, EachIsRefusedInItsOwnTime) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string patient = DeployWith(
      "patient", {"by-path"}, {"--max_concurrency=1", "--queue_timeout=1h"});
  const std::string hasty = DeployWith(
      "hasty", {"by-path"}, {"--max_concurrency=1", "--queue_timeout=300ms"});
  TestConnection first = OpenGate(patient);
  TestConnection waiting = Queue(patient);
  TestConnection second = OpenGate(hasty);
  ExpectRefused(hasty, "queue-timeout");
  EXPECT_EQ(Release(&second), "released\n");
  EXPECT_EQ(Release(&first), "released\n");
  ExpectServed(std::move(waiting));
}

TEST_F(LimitsTest, AClientHasALimit) {
  ASSERT_NO_FATAL_FAILURE(StartWith({"--max_per_client=2"}));
  const std::string address = DeployVictim("f", {"by-path"});
  TestConnection first = OpenGate(address);
  TestConnection second = OpenGate(address);
  ExpectRefused(address, "too-many-from-client");
  EXPECT_EQ(Release(&first), "released\n");
  EXPECT_TRUE(WaitUntil([&] { return Get(address, "/ok").status == 200; }));
  EXPECT_EQ(Release(&second), "released\n");
}

TEST_F(LimitsTest, OneThatHangsUpWhileItWaitsFreesItsPlaceAndStartsNothing) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address =
      DeployWith("f", {"by-path"}, {"--max_concurrency=1", "--max_queued=1"});
  TestConnection gate = OpenGate(address);
  TestConnection gone = Queue(address);
  ExpectRefused(address, "queue-full");
  const size_t offset = platform().log().Size();
  // As its request has not been read, only a reset shows that the client has
  // gone.
  gone.Reset();
  EXPECT_TRUE(platform().log().WaitFor("client-gone", kSoon, offset));
  TestConnection waiting = Queue(address);
  EXPECT_EQ(Release(&gate), "released\n");
  ExpectServed(std::move(waiting));
}

TEST_F(LimitsTest, OneThatHasSaidAllAndWaitsIsServed) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address =
      DeployWith("f", {"by-path"}, {"--max_concurrency=1"});
  TestConnection gate = OpenGate(address);
  TestConnection waiting = Queue(address);
  ASSERT_EQ(shutdown(waiting.fd(), SHUT_WR), 0);
  EXPECT_EQ(Release(&gate), "released\n");
  ExpectServed(std::move(waiting));
}

TEST_F(LimitsTest, AFunctionHasItsOwnDeadlines) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string slow =
      DeployWith("slow", {"never-connect"}, {"--start_timeout=500ms"});
  EXPECT_EQ(Get(slow).Header("X-Faasd-Error"), "start-timeout");
  const std::string hangs = DeployWith("hangs", {"hang"}, {"--timeout=500ms"});
  const size_t offset = platform().log().Size();
  TestConnection connection = Request(hangs, "/");
  static_cast<void>(connection.ReadToEnd());
  EXPECT_TRUE(
      platform().log().WaitFor("ran for longer than 500ms", kSoon, offset));
}

TEST_F(LimitsTest, WrongOptionsAreNamedWithTheirForm) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const auto complaint = [&](const std::string& flag) {
    const CommandResult result =
        platform().Faas({"new", "f", "-", flag}, VictimArchive());
    EXPECT_NE(result.exit_code, 0) << flag;
    return result.err;
  };
  EXPECT_EQ(complaint("--warm=many"),
            "faas: --warm \"many\": must be a number, or auto\n");
  EXPECT_EQ(complaint("--warm=5000"),
            "faas: --warm (options.warm.spares) is 5000; at most 1024\n");
  EXPECT_NE(complaint("--timeout=30").find("such as 500ms"), std::string::npos);
  EXPECT_EQ(platform().Faas({"ip", "f"}).exit_code, 1) << "nothing is left";
}

}  // namespace
}  // namespace faas::testing
