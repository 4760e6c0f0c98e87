#include "extractor/protocol/message_channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "extractor/protocol/messages.h"
#include "faas/internal/v1/extraction.pb.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;
using ::testing::HasSubstr;

constexpr size_t kLimit = 1 << 20;

class MessageChannelTest : public ::testing::Test {
 protected:
  void SetUp() override {
    int ends[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    here_ = ends[0];
    there_ = UniqueFd(ends[1]);
  }

  MessageChannel Here(bool take_descriptors = false) {
    return MessageChannel(
        UniqueFd(here_),
        {.max_message_bytes = kLimit, .take_descriptors = take_descriptors});
  }
  void SendBytes(const std::string& bytes) {
    ASSERT_EQ(send(there_.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
  }
  static internal::v1::ExtractionFind Message(size_t bytes) {
    internal::v1::ExtractionFind message;
    message.set_first_checkpoint(std::string(bytes, 'x'));
    return message;
  }

  int here_ = -1;
  UniqueFd there_;
};

TEST_F(MessageChannelTest, MessagesArriveWholeAndInOrder) {
  MessageChannel here = Here();
  MessageChannel there(std::move(there_), {.max_message_bytes = kLimit});
  for (const size_t size : {size_t{0}, size_t{1}, kLimit - 100, size_t{7}}) {
    ASSERT_TRUE(here.Put(Message(size)).ok());
  }
  internal::v1::ExtractionFind message;
  std::vector<size_t> sizes;
  while (sizes.size() < 4) {
    ASSERT_TRUE(here.Flush().ok());
    ASSERT_TRUE(there.Fill().ok());
    const auto taken = there.Take(message);
    ASSERT_TRUE(taken.ok());
    if (*taken) sizes.push_back(message.first_checkpoint().size());
  }
  EXPECT_THAT(sizes, ::testing::ElementsAre(0, 1, kLimit - 100, 7));
  EXPECT_FALSE(here.has_output());
}

TEST_F(MessageChannelTest, MessageInPartsIsNoneBeforeItsEnd) {
  MessageChannel here = Here();
  internal::v1::ExtractionFind message;
  std::string bytes(std::string("\x05\0\0\0", 4) +
                    Message(3).SerializeAsString());
  ASSERT_EQ(bytes.size(), 9u);
  for (const char byte : bytes) {
    ASSERT_TRUE(here.Fill().ok());
    EXPECT_FALSE(*here.Take(message));
    SendBytes(std::string(1, byte));
  }
  ASSERT_TRUE(here.Fill().ok());
  EXPECT_TRUE(*here.Take(message));
  EXPECT_EQ(message.first_checkpoint(), "xxx");
  there_ = UniqueFd();
  ASSERT_TRUE(here.Fill().ok());
  EXPECT_TRUE(here.ended());
}

TEST_F(MessageChannelTest, TooLongAndBrokenMessagesAreErrors) {
  MessageChannel here = Here();
  internal::v1::ExtractionFind message;
  SendBytes(std::string("\x02\0\0\0\xff\xff", 6));
  ASSERT_TRUE(here.Fill().ok());
  EXPECT_TRUE(absl::IsDataLoss(here.Take(message).status()));
  SendBytes(std::string("\x01\0\x10\0", 4));  // kLimit + 1
  EXPECT_TRUE(absl::IsDataLoss(here.Fill()));
}

TEST_F(MessageChannelTest, NoMoreIsReadThanAMessage) {
  MessageChannel here = Here();
  SendBytes(std::string("\0\0\0\0", 4));
  ASSERT_TRUE(here.Fill().ok());
  SendBytes("later");
  ASSERT_TRUE(here.Fill().ok());
  char buffer[10];
  EXPECT_EQ(recv(here_, buffer, sizeof(buffer), MSG_DONTWAIT), 5);
}

TEST_F(MessageChannelTest, DescriptorsComeOnlyToWhoTakesThem) {
  for (const bool take : {true, false}) {
    SetUp();
    MessageChannel here = Here(take);
    MessageChannel there(std::move(there_), {.max_message_bytes = kLimit});
    auto null = std::make_shared<const UniqueFd>(
        open("/dev/null", O_RDONLY | O_CLOEXEC));
    ASSERT_TRUE(there.Put(Message(1), {null, null}).ok());
    ASSERT_TRUE(there.Flush().ok());
    ASSERT_TRUE(here.Fill().ok());
    internal::v1::ExtractionFind message;
    EXPECT_TRUE(*here.Take(message));
    EXPECT_EQ(here.TakeDescriptor().valid(), take);
    EXPECT_EQ(here.TakeDescriptor().valid(), take);
    EXPECT_FALSE(here.TakeDescriptor().valid());
  }
}

TEST(MessagesTest, ErrorsArriveAsTheyWere) {
  for (const absl::Status& status :
       {image::ImageError(image::ErrorCategory::kUnsafePath,
                          "\"a\\x1b\" ü; do not"),
        image::ImageError(image::ErrorCategory::kLimit, "too large"),
        image::StorageError(absl::ResourceExhaustedError("write: ENOSPC")),
        absl::UnavailableError("gone")}) {
    EXPECT_EQ(FromProto(ToProto(status)), status);
  }
}

TEST(MessagesTest, WhatIsNoErrorOfAnImageIsSaidToBeNone) {
  internal::v1::ExtractionFailure right = ToProto(
      image::ImageError(image::ErrorCategory::kMalformed, "it is broken"));
  std::vector<internal::v1::ExtractionFailure> wrong(6, right);
  wrong[0].set_code(0);
  wrong[1].set_code(1 << 20);
  wrong[2].set_category("FINE");
  wrong[3].set_message("two\nlines");
  wrong[4].set_message(std::string(1 << 20, 'x'));
  wrong[5].set_code(static_cast<int>(absl::StatusCode::kAlreadyExists));
  for (const internal::v1::ExtractionFailure& proto : wrong) {
    const absl::Status status = FromProto(proto);
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(std::string(status.message()), HasSubstr("none of an image"));
  }
}

TEST(MessagesTest, LimitsArriveAsTheyWere) {
  image::Limits limits;
  limits.ids = 65536;
  limits.zstd_window_log = 31;
  limits.depth = 3;
  const auto proto = ToProto(limits);
  // No field is forgotten: all are set, and all are the same afterwards.
  for (int i = 0; i < proto.GetDescriptor()->field_count(); ++i) {
    EXPECT_TRUE(
        proto.GetReflection()->HasField(proto, proto.GetDescriptor()->field(i)))
        << proto.GetDescriptor()->field(i)->name();
  }
  EXPECT_EQ(ToProto(FromProto(proto)).SerializeAsString(),
            proto.SerializeAsString());
  EXPECT_EQ(sizeof(image::Limits),
            sizeof(uint64_t) * (proto.GetDescriptor()->field_count() - 2) +
                2 * sizeof(uint64_t));
}

}  // namespace
}  // namespace faas::extractor
