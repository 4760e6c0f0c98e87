#include "common/fs/file.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "gtest/gtest.h"

namespace faas::fs {
namespace {

using base::UniqueFd;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/file_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
  }
  void TearDown() override { EXPECT_TRUE(RemoveTree(dir_).ok()); }

  std::string dir_;
};

TEST_F(FileTest, DurableWriteReplacesAndLeavesNoTemporary) {
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f", "one", 0600).ok());
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f", "two", 0600).ok());
  EXPECT_EQ(*ReadFile(dir_ + "/f", 100), "two");
  EXPECT_EQ(ListDirectory(dir_)->size(), 1u);
}

TEST_F(FileTest, FailedDurableWriteLeavesTheOldBytesAndNothingElse) {
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f", "old", 0600).ok());
  ASSERT_TRUE(MakeDirectories(dir_ + "/d/full", 0700).ok());
  // The link and the rename over a directory fail.
  EXPECT_FALSE(WriteFileDurably(dir_ + "/d", "new", 0600).ok());
  ASSERT_TRUE(MakeDirectories(dir_ + "/f.tmp", 0700).ok());
  EXPECT_FALSE(WriteFileDurably(dir_ + "/f", "new", 0600).ok());
  EXPECT_EQ(*ReadFile(dir_ + "/f", 100), "old");
  EXPECT_EQ(ListDirectory(dir_)->size(), 3u);
}

TEST_F(FileTest, LeftoversOfACrashAreRemovedAndInNobodysWay) {
  for (const char* name : {"/f.tmp", "/f.old", "/g.tmp"}) {
    ASSERT_TRUE(WriteFileDurably(dir_ + name, "crashed", 0600).ok());
  }
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f", "new", 0600).ok());
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f.old", "crashed", 0600).ok());
  ASSERT_TRUE(RemoveWriteLeftovers(dir_ + "/f").ok());
  ASSERT_TRUE(RemoveWriteLeftovers(dir_ + "/g").ok());
  ASSERT_TRUE(RemoveWriteLeftovers(dir_ + "/no/file").ok());
  EXPECT_EQ(*ReadFile(dir_ + "/f", 100), "new");
  EXPECT_EQ(ListDirectory(dir_)->size(), 1u);
}

TEST_F(FileTest, DurableWriteIntoMissingDirectoryNamesThePath) {
  const absl::Status status = WriteFileDurably(dir_ + "/no/f", "x", 0600);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("/no/f"), std::string::npos);
}

TEST_F(FileTest, ReadBeyondTheLimitIsAnError) {
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f", "12345", 0600).ok());
  EXPECT_EQ(ReadFile(dir_ + "/f", 4).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(ReadFile(dir_ + "/f", 5).ok());
}

TEST_F(FileTest, OpenInRootDoesNotLeaveTheRoot) {
  ASSERT_TRUE(MakeDirectories(dir_ + "/root/etc", 0755).ok());
  ASSERT_TRUE(WriteFileDurably(dir_ + "/secret", "outside", 0600).ok());
  ASSERT_EQ(symlink("/secret", (dir_ + "/root/absolute").c_str()), 0);
  ASSERT_EQ(symlink("../secret", (dir_ + "/root/climbing").c_str()), 0);
  auto root = Open(dir_ + "/root", O_PATH | O_DIRECTORY);
  ASSERT_TRUE(root.ok());
  for (const char* path : {"absolute", "climbing", "../secret", "/secret"}) {
    EXPECT_EQ(OpenInRoot(root->get(), path, O_RDONLY).status().code(),
              absl::StatusCode::kNotFound)
        << path;
  }
}

TEST_F(FileTest, RemoveTreeDoesNotFollowSymlinks) {
  ASSERT_TRUE(MakeDirectories(dir_ + "/victim", 0755).ok());
  ASSERT_TRUE(WriteFileDurably(dir_ + "/victim/f", "x", 0600).ok());
  ASSERT_TRUE(MakeDirectories(dir_ + "/tree/a/b", 0755).ok());
  ASSERT_EQ(symlink((dir_ + "/victim").c_str(), (dir_ + "/tree/a/l").c_str()),
            0);
  ASSERT_TRUE(RemoveTree(dir_ + "/tree").ok());
  EXPECT_FALSE(std::filesystem::exists(dir_ + "/tree"));
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/victim/f"));
  EXPECT_TRUE(RemoveTree(dir_ + "/tree").ok());
}

TEST_F(FileTest, MakeDirectoriesOverAFileFails) {
  ASSERT_TRUE(WriteFileDurably(dir_ + "/f", "x", 0600).ok());
  EXPECT_FALSE(MakeDirectories(dir_ + "/f", 0755).ok());
  EXPECT_FALSE(MakeDirectories(dir_ + "/f/g", 0755).ok());
}

// The tree is deeper than the number of files that this process may open.
TEST_F(FileTest, TreeDeeperThanDescriptorsIsRemoved) {
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  UniqueFd current(open(dir_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(mkdirat(current.get(), "tree", 0700), 0);
  current = UniqueFd(
      openat(current.get(), "tree", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (int i = 0; i < 5000; ++i) {
    ASSERT_EQ(mkdirat(current.get(), "d", 0700), 0);
    // These are names that directories which are moved up might get.
    if (i % 700 == 0) mkdirat(current.get(), ".deep-1", 0700);
    current = UniqueFd(
        openat(current.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(current.valid());
  }
  const rlimit few = {.rlim_cur = 1024, .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  const absl::Status status = RemoveTree(dir_ + "/tree");
  setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(std::filesystem::is_empty(dir_));
}

TEST_F(FileTest, TreeIsRemovedFromAnOpenDirectory) {
  ASSERT_TRUE(MakeDirectories(dir_ + "/a/b", 0700).ok());
  ASSERT_EQ(symlink("a", (dir_ + "/l").c_str()), 0);
  const UniqueFd fd(open(dir_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  EXPECT_TRUE(RemoveTreeAt(fd.get(), "l").ok());
  EXPECT_TRUE(std::filesystem::exists(dir_ + "/a/b"));
  EXPECT_TRUE(RemoveTreeAt(fd.get(), "a").ok());
  EXPECT_TRUE(RemoveTreeAt(fd.get(), "none").ok());
  EXPECT_TRUE(std::filesystem::is_empty(dir_));
}

}  // namespace
}  // namespace faas::fs
