#include "common/daemon/group.h"

#include <grp.h>

#include "common/log/log.h"
#include "gtest/gtest.h"

namespace faas::daemon {
namespace {

TEST(GroupTest, NamesAndNumbersAreFound) {
  EXPECT_EQ(*FindGroup("root"), 0u);
  EXPECT_EQ(*FindGroup("daemon"), 1u);
  EXPECT_EQ(*FindGroup("4711"), 4711u);
}

TEST(GroupTest, NamedGroupThatIsNotThereSaysWhatToDo) {
  const auto group = FindGroup("no-such-group");
  EXPECT_EQ(group.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(group.status().message().find("groupadd --system no-such-group"),
            absl::string_view::npos)
      << group.status();
  // setgid and chown take this for "none".
  EXPECT_FALSE(FindGroup("4294967295").ok());
}

TEST(GroupTest, DefaultGroupMayBeMissing) {
  const struct group* there = getgrnam(kDefaultGroup);
  testing::internal::CaptureStdout();
  const auto group = FindGroup("");
  ASSERT_TRUE(group.ok()) << group.status();
  LogMissingGroup("", *group);
  LogMissingGroup("root", 0);  // was named, so it is not missing
  log::Flush();
  const std::string said = testing::internal::GetCapturedStdout();
  EXPECT_EQ(*group, there != nullptr ? there->gr_gid : 0u);
  EXPECT_EQ(said.find("groupadd --system faas") != std::string::npos,
            there == nullptr)
      << said;
  // The flag names a group, even if it is the default's name.
  EXPECT_EQ(FindGroup(kDefaultGroup).ok(), there != nullptr);
}

}  // namespace
}  // namespace faas::daemon
