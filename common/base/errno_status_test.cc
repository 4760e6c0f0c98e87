#include "common/base/errno_status.h"

#include "gtest/gtest.h"

namespace faas::base {
namespace {

TEST(ErrnoStatusTest, NamesTheAttemptAndTheError) {
  const absl::Status status = ErrnoStatus("open \"/x\"", ENOENT);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "open \"/x\": ENOENT: no such file or directory");
}

TEST(ErrnoStatusTest, ContextKeepsCodeAndPayload) {
  absl::Status status = absl::NotFoundError("x");
  status.SetPayload("url", absl::Cord("payload"));
  const absl::Status wrapped = WithContext(status, "deploy \"a\"");
  EXPECT_EQ(wrapped.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(wrapped.message(), "deploy \"a\": x");
  EXPECT_EQ(wrapped.GetPayload("url"), absl::Cord("payload"));
  EXPECT_TRUE(WithContext(absl::OkStatus(), "y").ok());
}

}  // namespace
}  // namespace faas::base
