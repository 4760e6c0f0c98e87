#include "runnerd/revision/flat_trees.h"

#include <cstdlib>
#include <filesystem>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

namespace stdfs = std::filesystem;

class FlatTreesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/flat_trees_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    for (const std::string& name : {std::string("a"), std::string("b")}) {
      ASSERT_TRUE(fs::MakeDirectories(dir_ + "/" + name + "/d", 0755).ok());
      ASSERT_TRUE(
          fs::WriteFileDurably(dir_ + "/" + name + "/d/" + name, name, 0644)
              .ok());
    }
    Reopen();
  }
  void TearDown() override {
    trees_.reset();
    EXPECT_TRUE(fs::RemoveTree(dir_).ok());
  }

  void Reopen() {
    trees_.reset();
    auto trees = FlatTrees::Open(dir_ + "/flat");
    ASSERT_TRUE(trees.ok()) << trees.status();
    trees_ = *std::move(trees);
  }

  std::shared_ptr<const FlatTree> Get(const std::vector<std::string>& names) {
    std::vector<std::string> layers;
    for (const std::string& name : names) layers.push_back(dir_ + "/" + name);
    auto tree = trees_->Get(layers);
    EXPECT_TRUE(tree.ok()) << tree.status();
    return *std::move(tree);
  }

  size_t Complete() const {
    size_t count = 0;
    for (const auto& entry : stdfs::directory_iterator(dir_ + "/flat")) {
      count += entry.path().filename().string()[0] == '.' ? 0 : 1;
    }
    return count;
  }

  std::string dir_;
  std::unique_ptr<FlatTrees> trees_;
};

TEST_F(FlatTreesTest, SameLayersShareATree) {
  const auto one = Get({"a", "b"});
  EXPECT_EQ(Get({"a", "b"})->path, one->path);
  EXPECT_TRUE(stdfs::exists(one->path + "/d/a"));
  EXPECT_TRUE(stdfs::exists(one->path + "/d/b"));
  EXPECT_NE(Get({"b", "a"})->path, one->path);
}

TEST_F(FlatTreesTest, SweepRemovesWhatNobodyHolds) {
  const auto held = Get({"a"});
  Get({"b"});
  EXPECT_EQ(Complete(), 2u);
  trees_->Sweep();
  EXPECT_EQ(Complete(), 1u);
  EXPECT_TRUE(stdfs::exists(held->path));
}

TEST_F(FlatTreesTest, TreesOutliveARestartWhatIsInTheMakingDoesNot) {
  const std::string path = Get({"a"})->path;
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/flat/.building-x/y", 0755).ok());
  Reopen();
  EXPECT_FALSE(stdfs::exists(dir_ + "/flat/.building-x"));
  // The tree is not made again.
  ASSERT_TRUE(fs::WriteFileDurably(path + "/mark", "", 0600).ok());
  EXPECT_TRUE(stdfs::exists(Get({"a"})->path + "/mark"));
}

TEST_F(FlatTreesTest, FailureLeavesNothing) {
  EXPECT_FALSE(trees_->Get({dir_ + "/none"}).ok());
  EXPECT_TRUE(stdfs::is_empty(dir_ + "/flat"));
}

}  // namespace
}  // namespace faas::runnerd
