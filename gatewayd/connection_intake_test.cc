#include "gatewayd/connection_intake.h"

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace faas::gatewayd {
namespace {

// A ConnectionIntakeTest has an intake in front of a real dispatcher, to which
// no runnerd ever connects, so what the intake lets pass stays pending there.
class ConnectionIntakeTest : public testing::Test {
 protected:
  ConnectionIntakeTest() { Tick(); }

  base::UniqueFd AddClient(Protocol protocol) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    intake_.Add({base::UniqueFd(ends[0]), {0x7f000001}, 1234, protocol},
                "hello");
    return base::UniqueFd(ends[1]);
  }

  bool RunUntil(const std::function<bool()>& done) {
    const absl::Time deadline = absl::Now() + absl::Seconds(10);
    while (!done() && absl::Now() < deadline) loop_->RunOnce();
    return done();
  }

  // Returns what has come by the end of the stream.
  std::string ReadAll(const base::UniqueFd& client) {
    std::string data;
    EXPECT_TRUE(RunUntil([&] {
      char buffer[4096];
      const ssize_t n =
          recv(client.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
      if (n > 0) data.append(buffer, n);
      return n == 0;
    }));
    return data;
  }

  const std::unique_ptr<event::EventLoop> loop_ = *event::EventLoop::Create();
  Dispatcher dispatcher_{loop_.get(),
                         {.handoff_socket = "/nonexistent/handoff.sock",
                          .max_pending = 100,
                          .handoff_timeout = absl::Hours(1)}};
  ConnectionIntake intake_{
      loop_.get(),
      {.first_byte_timeout = absl::Hours(1), .max_silent = 2},
      &dispatcher_};
  int drained_ = 0;

 private:
  void Tick() {
    loop_->After(absl::Milliseconds(1), [this] { Tick(); });
  }
};

TEST_F(ConnectionIntakeTest, HttpWaitsForTheFirstByte) {
  const base::UniqueFd client = AddClient(Protocol::kHttp);
  EXPECT_EQ(intake_.silent(), 1u);
  EXPECT_EQ(dispatcher_.pending(), 0u);
  ASSERT_EQ(write(client.get(), "GET", 3), 3);
  EXPECT_TRUE(RunUntil([&] { return dispatcher_.pending() == 1; }));
  EXPECT_EQ(intake_.silent(), 0u);
}

TEST_F(ConnectionIntakeTest, TcpGoesOnAtOnce) {
  const base::UniqueFd client = AddClient(Protocol::kTcp);
  EXPECT_EQ(intake_.silent(), 0u);
  EXPECT_EQ(dispatcher_.pending(), 1u);
}

TEST_F(ConnectionIntakeTest, BeyondTheLimitTheOldestSilentOneIsClosed) {
  const base::UniqueFd first = AddClient(Protocol::kHttp);
  const base::UniqueFd second = AddClient(Protocol::kHttp);
  const base::UniqueFd third = AddClient(Protocol::kHttp);
  EXPECT_EQ(ReadAll(first), "");
  EXPECT_EQ(intake_.silent(), 2u);
  EXPECT_EQ(dispatcher_.CountersOf("hello").accepted, 0u);
}

TEST_F(ConnectionIntakeTest, DrainWithNothingPendingEndsAtOnce) {
  const base::UniqueFd silent = AddClient(Protocol::kHttp);
  intake_.Drain(absl::Hours(1), [this] { ++drained_; });
  EXPECT_EQ(drained_, 1);
  EXPECT_EQ(ReadAll(silent), "");
}

TEST_F(ConnectionIntakeTest, DrainWaitsForWhatIsPending) {
  base::UniqueFd client = AddClient(Protocol::kHttp);
  ASSERT_EQ(write(client.get(), "GET", 3), 3);
  ASSERT_TRUE(RunUntil([&] { return dispatcher_.pending() == 1; }));
  intake_.Drain(absl::Hours(1), [this] { ++drained_; });
  EXPECT_EQ(drained_, 0);
  dispatcher_.Shutdown();  // As if runnerd had rejected everything.
  EXPECT_TRUE(absl::StrContains(ReadAll(client), "HTTP/1.1 503 "));
  EXPECT_EQ(drained_, 0) << "the client may still read";
  client.reset();
  EXPECT_TRUE(RunUntil([&] { return drained_ == 1; }));
}

TEST_F(ConnectionIntakeTest, DrainAnswersWhatIsLeftAtTheDeadline) {
  const base::UniqueFd client = AddClient(Protocol::kHttp);
  ASSERT_EQ(write(client.get(), "GET", 3), 3);
  ASSERT_TRUE(RunUntil([&] { return dispatcher_.pending() == 1; }));
  intake_.Drain(absl::Milliseconds(20), [this] { ++drained_; });
  EXPECT_TRUE(
      absl::StrContains(ReadAll(client), "X-Faasd-Error: shutting-down"));
  EXPECT_TRUE(RunUntil([&] { return drained_ == 1; }))
      << "also when the client stays";
}

}  // namespace
}  // namespace faas::gatewayd
