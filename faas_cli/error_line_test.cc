#include "faas_cli/error_line.h"

#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::cli {
namespace {

TEST(ErrorLineTest, HasTheMessage) {
  EXPECT_EQ(ErrorLine(absl::NotFoundError("no function \"x\"")),
            "faas: no function \"x\"\n");
}

TEST(ErrorLineTest, NamesTheCodeOfAnErrorWithoutAMessage) {
  EXPECT_EQ(ErrorLine(absl::Status(absl::StatusCode::kUnavailable, "")),
            "faas: UNAVAILABLE\n");
}

TEST(ErrorLineTest, NamesTheCategoryOfAnImageError) {
  EXPECT_EQ(
      ErrorLine(image::ImageError(image::ErrorCategory::kTruncated, "it ends")),
      "faas: Invalid Docker image: it ends [TRUNCATED]\n");
}

}  // namespace
}  // namespace faas::cli
