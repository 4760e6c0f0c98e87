#include "common/rpc/status.h"

#include "gtest/gtest.h"

namespace faas::rpc {
namespace {

TEST(StatusTest, CodeMessageAndReasonSurviveTheWire) {
  const absl::Status status =
      WithReason(absl::ResourceExhaustedError("no free address"), "NO_FREE");
  const absl::Status back = FromGrpc(ToGrpc(status));
  EXPECT_EQ(back.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(back.message(), "no free address");
  EXPECT_EQ(ReasonOf(back), "NO_FREE");
}

TEST(StatusTest, OkStaysOk) {
  EXPECT_TRUE(FromGrpc(ToGrpc(absl::OkStatus())).ok());
}

TEST(StatusTest, ForeignDetailsAreIgnored) {
  const grpc::Status status(grpc::StatusCode::INTERNAL, "x", "\xff\xff");
  EXPECT_EQ(FromGrpc(status).code(), absl::StatusCode::kInternal);
  EXPECT_EQ(ReasonOf(FromGrpc(status)), "");
}

TEST(StatusTest, MetadataTravelsWithTheReason) {
  const absl::Status status = FromGrpc(ToGrpc(
      WithMetadata(WithReason(absl::InvalidArgumentError("x"), "INVALID_IMAGE"),
                   "category", "TRUNCATED")));
  EXPECT_EQ(ReasonOf(status), "INVALID_IMAGE");
  EXPECT_EQ(MetadataOf(status, "category"), "TRUNCATED");
  EXPECT_EQ(MetadataOf(status, "other"), "");
}

TEST(StatusTest, LongMessagesAreShortened) {
  const std::string name(10'000, 'x');
  const absl::Status status = FromGrpc(ToGrpc(WithReason(
      absl::InvalidArgumentError("open " + name + ": gone"), "INVALID_IMAGE")));
  EXPECT_LE(status.message().size(), 1024u);
  EXPECT_EQ(status.message().substr(0, 8), "open xxx");
  EXPECT_EQ(status.message().substr(status.message().size() - 6), ": gone");
  EXPECT_EQ(ReasonOf(status), "INVALID_IMAGE");
}

}  // namespace
}  // namespace faas::rpc
