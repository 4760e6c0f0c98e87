#include "image/error.h"

#include <cerrno>
#include <string>

#include "common/base/errno_status.h"
#include "gtest/gtest.h"

namespace faas::image {
namespace {

TEST(ErrorTest, ImageErrorCarriesPrefixCodeAndCategory) {
  const absl::Status status = ImageError(ErrorCategory::kUnsafePath, "x");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "Invalid Docker image: x");
  EXPECT_EQ(CategoryOf(status), ErrorCategory::kUnsafePath);
  EXPECT_EQ(CategoryName(*CategoryOf(status)), "UNSAFE_PATH");
}

TEST(ErrorTest, LongMessagesLoseTheirMiddle) {
  const absl::Status status = ImageError(
      ErrorCategory::kLimit, "\"" + std::string(100'000, 'x') + "\" is long");
  EXPECT_LT(status.message().size(), 1100u);
  EXPECT_EQ(status.message().substr(status.message().size() - 9), "\" is long");
  EXPECT_EQ(CategoryOf(status), ErrorCategory::kLimit);
}

TEST(ErrorTest, LimitIsResourceExhausted) {
  EXPECT_EQ(ImageError(ErrorCategory::kLimit, "x").code(),
            absl::StatusCode::kResourceExhausted);
}

TEST(ErrorTest, StorageErrorKeepsTheMessage) {
  const absl::Status full =
      StorageError(base::ErrnoStatus("write \"x\"", ENOSPC));
  EXPECT_EQ(full.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CategoryOf(full), ErrorCategory::kStorage);
  EXPECT_EQ(full.message(), "write \"x\": ENOSPC: no space left on device");
  EXPECT_EQ(StorageError(base::ErrnoStatus("open \"x\"", ENOENT)).code(),
            absl::StatusCode::kInternal);
}

TEST(ErrorTest, OtherStatusHasNoCategory) {
  EXPECT_EQ(CategoryOf(absl::CancelledError("gone")), std::nullopt);
}

TEST(ErrorTest, ContextKeepsTheCategory) {
  const absl::Status status = base::WithContext(
      ImageError(ErrorCategory::kDigest, "x"), "deploy \"a\"");
  EXPECT_EQ(CategoryOf(status), ErrorCategory::kDigest);
}

}  // namespace
}  // namespace faas::image
