#include "gatewayd/silent_connections.h"

#include <sys/socket.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "gtest/gtest.h"

namespace faas::gatewayd {
namespace {

class SilentConnectionsTest : public testing::Test {
 protected:
  void Start(absl::Duration first_byte_timeout, size_t max_silent) {
    silent_ = std::make_unique<SilentConnections>(
        loop_.get(),
        SilentConnections::Options{.first_byte_timeout = first_byte_timeout,
                                   .max_silent = max_silent},
        [this](Accepted accepted, const std::string& function) {
          spoke_.push_back({std::move(accepted), function});
        });
  }

  struct Pair {
    base::UniqueFd client, server;
  };
  static Pair Connect() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    return {base::UniqueFd(ends[0]), base::UniqueFd(ends[1])};
  }

  // A client that has said nothing yet.
  base::UniqueFd AddClient(const std::string& function = "hello") {
    Pair pair = Connect();
    silent_->Add({std::move(pair.server), {0x7f000001}, 1234}, function);
    return std::move(pair.client);
  }

  bool RunUntil(const std::function<bool()>& done) {
    const absl::Time deadline = absl::Now() + absl::Minutes(2);
    if (!ticking_) loop_->After(absl::ZeroDuration(), [this] { Tick(); });
    ticking_ = true;
    while (!done() && absl::Now() < deadline) loop_->RunOnce();
    return done();
  }

  static bool Closed(const base::UniqueFd& client) {
    char byte;
    return recv(client.get(), &byte, 1, MSG_DONTWAIT) == 0;
  }

  const std::unique_ptr<event::EventLoop> loop_ = *event::EventLoop::Create();
  std::unique_ptr<SilentConnections> silent_;
  std::vector<std::pair<Accepted, std::string>> spoke_;

 private:
  void Tick() {
    loop_->After(absl::Milliseconds(1), [this] { Tick(); });
  }
  bool ticking_ = false;
};

TEST_F(SilentConnectionsTest, ConnectionWithDataPassesAtOnce) {
  Start(absl::Hours(1), 10);
  Pair pair = Connect();
  ASSERT_EQ(write(pair.client.get(), "GET", 3), 3);
  silent_->Add({std::move(pair.server), {0x7f000001}, 1234}, "hello");
  ASSERT_EQ(spoke_.size(), 1u);
  EXPECT_EQ(spoke_[0].second, "hello");
  EXPECT_EQ(spoke_[0].first.peer_port, 1234);
  EXPECT_EQ(silent_->size(), 0u);
}

TEST_F(SilentConnectionsTest, FirstByteLetsItPassWithNothingTaken) {
  Start(absl::Hours(1), 10);
  const base::UniqueFd client = AddClient();
  EXPECT_EQ(silent_->size(), 1u);
  EXPECT_TRUE(spoke_.empty());
  ASSERT_EQ(write(client.get(), "GET", 3), 3);
  ASSERT_TRUE(RunUntil([&] { return spoke_.size() == 1; }));
  EXPECT_EQ(silent_->size(), 0u);
  char data[8];
  EXPECT_EQ(read(spoke_[0].first.fd.get(), data, sizeof(data)), 3);
}

TEST_F(SilentConnectionsTest, ClientThatSpeaksAndEndsPasses) {
  Start(absl::Hours(1), 10);
  base::UniqueFd client = AddClient();
  ASSERT_EQ(write(client.get(), "GET", 3), 3);
  client.reset();
  EXPECT_TRUE(RunUntil([&] { return spoke_.size() == 1; }));
}

TEST_F(SilentConnectionsTest, ClientThatLeavesIsForgotten) {
  Start(absl::Hours(1), 10);
  base::UniqueFd client = AddClient();
  client.reset();
  EXPECT_TRUE(RunUntil([&] { return silent_->size() == 0; }));
  Pair gone = Connect();
  gone.client.reset();
  silent_->Add({std::move(gone.server), {0x7f000001}, 1234}, "hello");
  EXPECT_EQ(silent_->size(), 0u);
  EXPECT_TRUE(spoke_.empty());
}

TEST_F(SilentConnectionsTest, SilenceEndsWithoutAWord) {
  Start(absl::Milliseconds(20), 10);
  const base::UniqueFd first = AddClient(), second = AddClient();
  EXPECT_FALSE(Closed(first));
  EXPECT_TRUE(RunUntil([&] { return Closed(first) && Closed(second); }));
  EXPECT_EQ(silent_->size(), 0u);
  // The clock runs again for those that come after a pause.
  const base::UniqueFd third = AddClient();
  EXPECT_TRUE(RunUntil([&] { return Closed(third); }));
  EXPECT_TRUE(spoke_.empty());
}

TEST_F(SilentConnectionsTest, OfTooManyTheOldestIsClosed) {
  Start(absl::Hours(1), 2);
  const base::UniqueFd a = AddClient(), b = AddClient(), c = AddClient();
  EXPECT_TRUE(Closed(a));
  EXPECT_FALSE(Closed(b));
  EXPECT_FALSE(Closed(c));
  EXPECT_EQ(silent_->size(), 2u);
}

TEST_F(SilentConnectionsTest, CloseEndsAll) {
  Start(absl::Hours(1), 2);
  const base::UniqueFd a = AddClient(), b = AddClient();
  silent_->Close();
  EXPECT_TRUE(Closed(a) && Closed(b));
}

}  // namespace
}  // namespace faas::gatewayd
