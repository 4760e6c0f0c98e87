#include "tests/faithfulness/compare_trees.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "common/fs/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace faas::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FileTree OneFile() {
  return {{".", {.mode = S_IFDIR | 0755}},
          {"f",
           {.mode = S_IFREG | 0644,
            .uid = 1,
            .gid = 2,
            .size = 3,
            .mtime = {.tv_sec = 4, .tv_nsec = 5},
            .sha256 = "ab",
            .xattrs = {{"user.x", "1"}}}}};
}

// Returns what is said about the tree after `change`.
template <typename Change>
std::vector<std::string> Said(Change change,
                              const CompareOptions& options = {}) {
  FileTree changed = OneFile();
  change(changed);
  std::vector<std::string> lines;
  for (const Difference& difference :
       CompareTrees(OneFile(), changed, options)) {
    lines.push_back(difference.Describe());
  }
  return lines;
}

TEST(CompareTreesTest, SameTreesDoNotDiffer) {
  EXPECT_THAT(Said([](FileTree&) {}), IsEmpty());
}

TEST(CompareTreesTest, EachAspectIsALine) {
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].mode = S_IFREG | 04755; }),
              ElementsAre("\"f\": mode: 0644, but 4755"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].gid = 3; }),
              ElementsAre("\"f\": owner: 1:2, but 1:3"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].size = 4; }),
              ElementsAre("\"f\": size: 3, but 4"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].sha256 = "cd"; }),
              ElementsAre("\"f\": content: ab, but cd"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].target = "x\n"; }),
              ElementsAre("\"f\": target: , but x\\x0a"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].device = makedev(1, 3); }),
              ElementsAre("\"f\": device: 0:0, but 1:3"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].first_link = "e"; }),
              ElementsAre("\"f\": links: alone, but the file \"e\""));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].xattrs["user.x"] = "2"; }),
              ElementsAre("\"f\": user.x: =1, but =2"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].xattrs.clear(); }),
              ElementsAre("\"f\": user.x: =1, but absent"));
}

TEST(CompareTreesTest, OfOtherTypesAndMissingOnesOnlyThatIsSaid) {
  EXPECT_THAT(Said([](FileTree& tree) {
                tree["f"] = {.mode = S_IFLNK | 0777, .target = "x"};
              }),
              ElementsAre("\"f\": type: file, but symlink"));
  EXPECT_THAT(Said([](FileTree& tree) { tree.erase("f"); }),
              ElementsAre("\"f\": presence: file, but absent"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["a"].mode = S_IFIFO; }),
              ElementsAre("\"a\": presence: absent, but fifo"));
}

TEST(CompareTreesTest, TimesAreComparedAtTheCoarserPrecision) {
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].mtime.tv_nsec = 0; }),
              IsEmpty());
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].mtime.tv_nsec = 6; }),
              ElementsAre("\"f\": mtime: 4.000000005, but 4.000000006"));
  EXPECT_THAT(Said([](FileTree& tree) { tree["f"].mtime = {}; }),
              ElementsAre("\"f\": mtime: 4, but 0"));
}

TEST(CompareTreesTest, IdBaseIsSubtracted) {
  const CompareOptions options = {.id_base = 1000};
  EXPECT_THAT(Said(
                  [](FileTree& tree) {
                    tree["."].uid = tree["."].gid = 1000;
                    tree["f"].uid = 1001;
                    tree["f"].gid = 1002;
                  },
                  options),
              IsEmpty());
  EXPECT_THAT(Said([](FileTree& tree) { tree.erase("f"); }, options),
              ElementsAre("\".\": owner: 0:0, but 0 (below the base):0 (below "
                          "the base)",
                          "\"f\": presence: file, but absent"));
}

TEST(CompareTreesTest, CapabilitiesOfTheBaseAreThoseOfEveryRoot) {
  const std::string second("\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
                           20);
  const std::string third(
      "\x01\0\0\x03\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xe8\x03\0\0", 24);
  const FileTree image = {{"f", {.xattrs = {{"security.capability", second}}}}};
  const FileTree shifted = {
      {"f",
       {.uid = 1000, .gid = 1000, .xattrs = {{"security.capability", third}}}}};
  EXPECT_THAT(CompareTrees(image, shifted, {.id_base = 1000}), IsEmpty());
  EXPECT_EQ(CompareTrees(image, shifted, {.id_base = 999}).size(), 2u);
  EXPECT_EQ(CompareTrees(image, image, {.id_base = 0}).size(), 0u);
}

TEST(CompareTreesTest, AttributesCanBeLeftOut) {
  EXPECT_THAT(
      Said([](FileTree& tree) { tree["f"].xattrs.clear(); }, {.xattrs = false}),
      IsEmpty());
}

class ReadFileTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = ::testing::TempDir() + "/read_file_treeXXXXXX";
    ASSERT_NE(mkdtemp(root_.data()), nullptr);
    ASSERT_TRUE(fs::MakeDirectories(root_ + "/d", 0711).ok());
    ASSERT_TRUE(fs::WriteFileDurably(root_ + "/d/f", "hello\n", 0600).ok());
    ASSERT_EQ(link((root_ + "/d/f").c_str(), (root_ + "/a").c_str()), 0);
    ASSERT_EQ(symlink("/etc/passwd", (root_ + "/l").c_str()), 0);
    const timespec times[2] = {{}, {.tv_sec = 7, .tv_nsec = 8}};
    ASSERT_EQ(utimensat(AT_FDCWD, (root_ + "/a").c_str(), times, 0), 0);
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(root_).ok()); }

  std::string root_;
};

TEST_F(ReadFileTreeTest, SeesAllThatIsCompared) {
  const std::string file = root_ + "/d/f";
  const bool attributes = setxattr(file.c_str(), "user.x", "a\0b", 3, 0) == 0;
  const auto tree = ReadFileTree(root_);
  ASSERT_TRUE(tree.ok()) << tree.status();
  ASSERT_EQ(tree->size(), 5u);
  for (const char* name : {"a", "d/f"}) {
    const FileNode& node = tree->at(name);
    EXPECT_EQ(node.mode, S_IFREG | 0600u);
    EXPECT_EQ(node.uid, geteuid());
    EXPECT_EQ(node.size, 6);
    EXPECT_EQ(node.mtime.tv_sec, 7);
    EXPECT_EQ(node.mtime.tv_nsec, 8);
    EXPECT_EQ(node.first_link, "a");
    EXPECT_EQ(
        node.sha256,
        "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    EXPECT_EQ(node.xattrs.count("user.x"), attributes ? 1u : 0u);
    if (attributes) {
      EXPECT_EQ(node.xattrs.at("user.x"), std::string("a\0b", 3));
    }
  }
  EXPECT_EQ(tree->at("d").mode, S_IFDIR | 0711u);
  EXPECT_EQ(tree->at("l").mode & S_IFMT, static_cast<mode_t>(S_IFLNK));
  EXPECT_EQ(tree->at("l").target, "/etc/passwd");
  EXPECT_EQ(tree->at("l").first_link, "");
}

TEST_F(ReadFileTreeTest, LinksOutOfTheTreeAreNone) {
  const auto tree = ReadFileTree(root_ + "/d");
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ(tree->at("f").first_link, "");
}

TEST_F(ReadFileTreeTest, MissingRootIsAnError) {
  EXPECT_EQ(ReadFileTree(root_ + "/none").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace faas::testing
