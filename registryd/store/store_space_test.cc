#include "registryd/store/store_space.h"

#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "image/error.h"

namespace faas::registryd {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

class StoreSpaceTest : public testing::Test {
 protected:
  StoreSpace::Options Options() {
    return {.state_dir = testing::TempDir(),
            .used_bytes = [this] { return used_; },
            .make_room =
                [this] {
                  ++rooms_made_;
                  used_ -= unused_;
                  unused_ = 0;
                }};
  }

  uint64_t used_ = 0;
  uint64_t unused_ = 0;
  int rooms_made_ = 0;
};

TEST_F(StoreSpaceTest, WithoutQuotaAndReserveThereIsAlwaysRoom) {
  StoreSpace space(Options());
  EXPECT_TRUE(space.BeginUpload()->Admit(uint64_t{1} << 50).ok());
  EXPECT_EQ(rooms_made_, 0);
}

TEST_F(StoreSpaceTest, QuotaCountsLayersAndAllUploads) {
  StoreSpace::Options options = Options();
  options.quota_bytes = 100 * kMiB;
  StoreSpace space(options);
  used_ = 50 * kMiB;
  const auto first = space.BeginUpload();
  EXPECT_TRUE(first->Admit(30 * kMiB).ok());
  {
    const auto second = space.BeginUpload();
    const absl::Status status = second->Admit(21 * kMiB);
    EXPECT_EQ(image::CategoryOf(status), image::ErrorCategory::kLimit);
    EXPECT_NE(status.message().find("store_quota"), absl::string_view::npos);
  }
  // What the upload was admitted is free again.
  EXPECT_TRUE(space.BeginUpload()->Admit(20 * kMiB).ok());
}

TEST_F(StoreSpaceTest, ManySmallPiecesAreNoticedToo) {
  StoreSpace::Options options = Options();
  options.quota_bytes = 10 * kMiB;
  StoreSpace space(options);
  const auto upload = space.BeginUpload();
  int pieces = 0;
  while (upload->Admit(1000).ok()) ++pieces;
  EXPECT_LT(pieces * 1000, static_cast<int>(15 * kMiB));
}

TEST_F(StoreSpaceTest, UnusedLayersMakeRoomOnce) {
  StoreSpace::Options options = Options();
  options.quota_bytes = 100 * kMiB;
  StoreSpace space(options);
  used_ = 90 * kMiB;
  unused_ = 40 * kMiB;
  const auto upload = space.BeginUpload();
  EXPECT_TRUE(upload->Admit(20 * kMiB).ok());
  EXPECT_FALSE(upload->Admit(40 * kMiB).ok());
  EXPECT_FALSE(upload->Admit(40 * kMiB).ok());
  EXPECT_EQ(rooms_made_, 1);
}

TEST_F(StoreSpaceTest, ReserveIsKept) {
  StoreSpace::Options options = Options();
  options.reserve_bytes = std::numeric_limits<uint64_t>::max();
  const absl::Status status = StoreSpace(options).BeginUpload()->Admit(0);
  EXPECT_EQ(image::CategoryOf(status), image::ErrorCategory::kStorage);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_NE(status.message().find("store_reserve"), absl::string_view::npos);
}

}  // namespace
}  // namespace faas::registryd
