#include "common/daemon/daemon.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::daemon {
namespace {

class DaemonTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/daemon_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  static mode_t ModeOf(const std::string& path) {
    struct stat st = {};
    EXPECT_EQ(stat(path.c_str(), &st), 0) << path;
    return st.st_mode & 07777;
  }

  std::string dir_;
};

TEST_F(DaemonTest, RunDirectoryIsForTheGroupAndStateIsNot) {
  EXPECT_TRUE(EnterRunDirectory(dir_ + "/run", "a", 0, getegid()).ok());
  EXPECT_EQ(ModeOf(dir_ + "/run"), 0750u);
  EXPECT_TRUE(EnterDirectory(dir_ + "/state", "a", 0).ok());
  EXPECT_EQ(ModeOf(dir_ + "/state"), 0700u);
}

TEST_F(DaemonTest, RunDirectoryThatWasPrivateIsOpened) {
  const std::string run = dir_ + "/run";
  ASSERT_EQ(mkdir(run.c_str(), 0700), 0);
  EXPECT_TRUE(EnterRunDirectory(run, "a", 0, getegid()).ok());
  EXPECT_EQ(ModeOf(run), 0750u);
}

TEST_F(DaemonTest, DirectoryThatOthersMayReadStaysAsItIs) {
  ASSERT_EQ(chmod(dir_.c_str(), 0755), 0);
  EXPECT_TRUE(EnterRunDirectory(dir_, "a", 0, getegid()).ok());
  EXPECT_EQ(ModeOf(dir_), 0755u);
}

TEST_F(DaemonTest, DirectoryThatOthersMayWriteToIsRefused) {
  for (const mode_t mode : {0777, 01777, 0775, 0702}) {
    ASSERT_EQ(chmod(dir_.c_str(), mode), 0);
    const auto lock = EnterRunDirectory(dir_, "a", 0, getegid());
    EXPECT_EQ(lock.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_NE(lock.status().message().find("--run_dir"),
              absl::string_view::npos);
    EXPECT_EQ(ModeOf(dir_), mode);
  }
}

}  // namespace
}  // namespace faas::daemon
