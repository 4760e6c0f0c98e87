#include "handoff/gateway_end.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <variant>

#include "common/base/unique_fd.h"
#include "gtest/gtest.h"
#include "handoff/handoff.h"

namespace faas::handoff {
namespace {

class GatewayEndTest : public testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    gateway_ = base::UniqueFd(ends[0]);
    runner_ = base::UniqueFd(ends[1]);
    null_ = base::UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC));
  }

  base::UniqueFd gateway_, runner_, null_;
  internal::v1::HandoffMessage message_;
};

TEST_F(GatewayEndTest, OfferArrivesWithAllFields) {
  ASSERT_TRUE(SendOffer(gateway_.get(),
                        {.connection_id = 7,
                         .function = "hello",
                         .peer = "10.0.0.1:2",
                         .accept_time = absl::FromUnixMicros(1234567)},
                        null_.get())
                  .ok());
  const auto incoming = Receive(runner_.get());
  ASSERT_TRUE(incoming.ok()) << incoming.status();
  EXPECT_EQ(incoming->message.offer().connection_id(), 7u);
  EXPECT_EQ(incoming->message.offer().function(), "hello");
  EXPECT_EQ(incoming->message.offer().peer(), "10.0.0.1:2");
  EXPECT_EQ(incoming->message.offer().accept_time_us(), 1234567);
  EXPECT_TRUE(incoming->fd.valid());
}

TEST_F(GatewayEndTest, CommitIsReceived) {
  message_.mutable_commit()->set_connection_id(7);
  ASSERT_TRUE(Send(runner_.get(), message_).ok());
  const auto answer = ReceiveAnswer(gateway_.get());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(std::get<Commit>(**answer).connection_id, 7u);
}

TEST_F(GatewayEndTest, RejectIsReceivedWithItsReason) {
  message_.mutable_reject()->set_connection_id(7);
  message_.mutable_reject()->set_reason(
      internal::v1::Reject::REASON_QUEUE_FULL);
  message_.mutable_reject()->set_detail("why");
  ASSERT_TRUE(Send(runner_.get(), message_).ok());
  const auto answer = ReceiveAnswer(gateway_.get());
  ASSERT_TRUE(answer.ok()) << answer.status();
  const Reject& reject = std::get<Reject>(**answer);
  EXPECT_EQ(reject.connection_id, 7u);
  EXPECT_EQ(reject.reason, Reject::Reason::kQueueFull);
  EXPECT_EQ(reject.detail, "why");
}

TEST_F(GatewayEndTest, EndOfTheChannelIsNoAnswer) {
  runner_.reset();
  const auto answer = ReceiveAnswer(gateway_.get());
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->has_value());
}

TEST_F(GatewayEndTest, QuietChannelIsUnavailable) {
  EXPECT_EQ(ReceiveAnswer(gateway_.get()).status().code(),
            absl::StatusCode::kUnavailable);
}

TEST_F(GatewayEndTest, OfferFromRunnerdBreaksTheProtocol) {
  message_.mutable_offer()->set_connection_id(7);
  ASSERT_TRUE(Send(runner_.get(), message_, null_.get()).ok());
  EXPECT_EQ(ReceiveAnswer(gateway_.get()).status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace faas::handoff
