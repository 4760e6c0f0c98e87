#include "runnerd/revision/image_user.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kPasswd[] =
    "root:x:0:0:root:/root:/bin/sh\n"
    "app:x:1000:1001::/home/app:\n"
    "broken\n"
    "1234:x:77:78::/numeric-name:\n";
constexpr char kGroup[] =
    "root:x:0:\nstaff:x:50:app,other\nweb:x:60:other\nlog:x:61:app\n";

ImageUser Resolve(absl::string_view user) {
  const auto result = ResolveImageUser(user, kPasswd, kGroup);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(ImageUser());
}

TEST(ImageUserTest, EmptyIsRoot) {
  EXPECT_EQ(Resolve("").uid, 0u);
  EXPECT_EQ(Resolve("").home, "/root");
  EXPECT_EQ(ResolveImageUser("", "", "")->home, "/");
}

TEST(ImageUserTest, NameGetsItsGroupsAndHome) {
  const ImageUser user = Resolve("app");
  EXPECT_EQ(user.uid, 1000u);
  EXPECT_EQ(user.gid, 1001u);
  EXPECT_THAT(user.additional_gids, ElementsAre(50, 61));
  EXPECT_EQ(user.home, "/home/app");
}

TEST(ImageUserTest, KnownNumberGetsTheSame) {
  const ImageUser user = Resolve("1000");
  EXPECT_EQ(user.gid, 1001u);
  EXPECT_THAT(user.additional_gids, ElementsAre(50, 61));
}

TEST(ImageUserTest, UnknownNumberIsTakenAsItIs) {
  const ImageUser user = Resolve("4242");
  EXPECT_EQ(user.uid, 4242u);
  EXPECT_EQ(user.gid, 0u);
  EXPECT_EQ(user.home, "/");
}

TEST(ImageUserTest, ExplicitGroupReplacesTheOthers) {
  for (const char* text : {"app:web", "1000:60", "app:60", "1000:web"}) {
    const ImageUser user = Resolve(text);
    EXPECT_EQ(user.uid, 1000u) << text;
    EXPECT_EQ(user.gid, 60u) << text;
    EXPECT_THAT(user.additional_gids, IsEmpty()) << text;
  }
  EXPECT_EQ(Resolve("5:6").gid, 6u);
}

TEST(ImageUserTest, UnknownNamesAreErrorsThatNameTheFile) {
  const auto user = ResolveImageUser("nobody\x1b", kPasswd, kGroup);
  EXPECT_EQ(user.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(user.status().message(),
            "Invalid Docker image: user \"nobody\\x1b\" is not in the image's "
            "/etc/passwd; add it there, or set a number with USER in the "
            "Dockerfile");
  EXPECT_FALSE(ResolveImageUser("app:none", kPasswd, kGroup).ok());
  EXPECT_FALSE(ResolveImageUser("4294967295", "", "").ok());
  EXPECT_FALSE(ResolveImageUser("-1", "", "").ok());
}

}  // namespace
}  // namespace faas::runnerd
