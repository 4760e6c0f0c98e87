#include "tests/security/sentinel.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

namespace faas::testing {
namespace {

using ::testing::HasSubstr;

class SnapshotTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string path = ::testing::TempDir() + "/snapshot-XXXXXX";
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    root_ = path;
    std::filesystem::create_directory(root_ + "/d");
    std::ofstream(root_ + "/d/file") << "content";
    std::filesystem::create_symlink("d/file", root_ + "/link");
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  // Returns what a snapshot after `change` shows that one before it does not.
  std::string ChangesOf(const std::function<void()>& change) {
    const TreeSnapshot before = SnapshotTree(root_);
    change();
    return DescribeChanges(before, SnapshotTree(root_));
  }

  std::string root_;
};

TEST_F(SnapshotTreeTest, NothingChangedShowsNothing) {
  EXPECT_EQ(SnapshotTree(root_).size(), 4u);
  EXPECT_EQ(ChangesOf([] {}), "");
}

TEST_F(SnapshotTreeTest, EveryChangeShows) {
  const std::string file = root_ + "/d/file";
  EXPECT_THAT(ChangesOf([&] { std::ofstream(root_ + "/new") << ""; }),
              HasSubstr("new: " + root_ + "/new"));
  EXPECT_THAT(ChangesOf([&] { unlink((root_ + "/link").c_str()); }),
              HasSubstr("gone: " + root_ + "/link"));
  EXPECT_THAT(ChangesOf([&] { std::ofstream(file) << "CONTENT"; }),
              HasSubstr("was: " + file));
  EXPECT_THAT(ChangesOf([&] { chmod(file.c_str(), 0600); }),
              HasSubstr("was: " + file));
  EXPECT_THAT(
      ChangesOf([&] { std::filesystem::create_hard_link(file, file + "2"); }),
      HasSubstr("was: " + file));
}

TEST_F(SnapshotTreeTest, WhatIsPutBackShowsAllTheSame) {
  const std::string file = root_ + "/d/file";
  struct stat info;
  ASSERT_EQ(stat(file.c_str(), &info), 0);
  EXPECT_THAT(ChangesOf([&] {
                std::ofstream(file) << "content";
                const timespec times[2] = {info.st_atim, info.st_mtim};
                utimensat(AT_FDCWD, file.c_str(), times, 0);
              }),
              HasSubstr("was: " + file));
}

}  // namespace
}  // namespace faas::testing
