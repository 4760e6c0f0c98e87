#include "handoff/handoff.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "common/ipc/unix_socket.h"
#include "gtest/gtest.h"

namespace faas::handoff {
namespace {

class HandoffTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    gateway_ = base::UniqueFd(ends[0]);
    runner_ = base::UniqueFd(ends[1]);
    null_ = base::UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
    offer_.mutable_offer()->set_connection_id(7);
    commit_.mutable_commit()->set_connection_id(7);
  }

  base::UniqueFd gateway_, runner_, null_;
  internal::v1::HandoffMessage offer_, commit_;
};

TEST_F(HandoffTest, OfferArrivesWithItsDescriptor) {
  ASSERT_TRUE(Send(gateway_.get(), offer_, null_.get()).ok());
  const auto incoming = Receive(runner_.get());
  ASSERT_TRUE(incoming.ok());
  EXPECT_EQ(incoming->message.offer().connection_id(), 7u);
  EXPECT_TRUE(incoming->fd.valid());
}

TEST_F(HandoffTest, CommitQueuedBeforeTheEndIsRead) {
  ASSERT_TRUE(Send(runner_.get(), commit_).ok());
  runner_.reset();
  EXPECT_TRUE(Receive(gateway_.get())->message.has_commit());
  EXPECT_TRUE(Receive(gateway_.get())->end);
}

TEST_F(HandoffTest, QuietChannelIsUnavailable) {
  EXPECT_EQ(Receive(gateway_.get()).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(HandoffTest, WrongNumberOfDescriptorsBreaksTheProtocol) {
  ASSERT_TRUE(Send(gateway_.get(), offer_).ok());
  EXPECT_EQ(Receive(runner_.get()).status().code(),
            absl::StatusCode::kDataLoss);
  ASSERT_TRUE(Send(gateway_.get(), commit_, null_.get()).ok());
  EXPECT_EQ(Receive(runner_.get()).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(HandoffTest, OfferForWhichThereIsNoDescriptorLeftIsKnown) {
  ASSERT_TRUE(Send(gateway_.get(), offer_, null_.get()).ok());
  rlimit limit;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &limit), 0);
  const rlimit none = {.rlim_cur = 0, .rlim_max = limit.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto incoming = Receive(runner_.get());
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &limit), 0);
  ASSERT_TRUE(incoming.ok()) << incoming.status();
  EXPECT_TRUE(incoming->fd_lost);
  EXPECT_FALSE(incoming->fd.valid());
  EXPECT_EQ(incoming->message.offer().connection_id(), 7u);
}

TEST_F(HandoffTest, NonsenseBreaksTheProtocol) {
  ASSERT_TRUE(ipc::Send(gateway_.get(), "\xff\xff\xff", -1).ok());
  EXPECT_EQ(Receive(runner_.get()).status().code(),
            absl::StatusCode::kDataLoss);
  ASSERT_TRUE(
      ipc::Send(gateway_.get(), std::string(kMaxMessageBytes + 1, 'x'), -1)
          .ok());
  EXPECT_EQ(Receive(runner_.get()).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace faas::handoff
