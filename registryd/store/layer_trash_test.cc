#include "registryd/store/layer_trash.h"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

namespace stdfs = std::filesystem;

class LayerTrashTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/layer_trash_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    ASSERT_TRUE(fs::MakeDirectories(TrashPath(), 0700).ok());
    trash_.emplace(TrashPath());
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  std::string TrashPath() const { return dir_ + "/trash"; }
  bool TrashIsEmpty() const { return stdfs::is_empty(TrashPath()); }

  // Makes a layer's directory with one file.
  std::string Make(const std::string& name) {
    const std::string path = dir_ + "/" + name;
    EXPECT_TRUE(fs::MakeDirectories(path, 0755).ok());
    EXPECT_TRUE(fs::WriteFileDurably(path + "/f", "x", 0644).ok());
    return path;
  }

  std::string dir_;
  std::optional<LayerTrash> trash_;
};

TEST_F(LayerTrashTest, LayerLeavesItsPathAtOnceAndTheDiskLater) {
  const std::string path = Make("a");
  ASSERT_TRUE(trash_->Take(path).ok());
  EXPECT_FALSE(stdfs::exists(path));
  EXPECT_FALSE(TrashIsEmpty());
  EXPECT_TRUE(trash_->Empty({}).ok());
  EXPECT_TRUE(TrashIsEmpty());
}

TEST_F(LayerTrashTest, LayerThatIsGoneIsNoError) {
  EXPECT_TRUE(trash_->Take(dir_ + "/none").ok());
  EXPECT_TRUE(trash_->Empty({}).ok());
}

TEST_F(LayerTrashTest, LayersOfOnePathDoNotMeet) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(trash_->Take(Make("a")).ok());
  EXPECT_EQ(fs::ListDirectory(TrashPath())->size(), 3u);
  EXPECT_TRUE(trash_->Empty({}).ok());
  EXPECT_TRUE(TrashIsEmpty());
}

TEST_F(LayerTrashTest, WhatIsInUseStaysUntilItIsNot) {
  const std::string used = Make("used");
  ASSERT_TRUE(trash_->Take(used).ok());
  ASSERT_TRUE(trash_->Take(Make("unused")).ok());
  EXPECT_TRUE(trash_->Empty({used}).ok());
  EXPECT_EQ(fs::ListDirectory(TrashPath())->size(), 1u);
  EXPECT_TRUE(trash_->Empty({}).ok());
  EXPECT_TRUE(TrashIsEmpty());
}

TEST_F(LayerTrashTest, LayerThatCannotBeMovedStaysWhereItIs) {
  const std::string path = Make("a");
  ASSERT_TRUE(fs::RemoveTree(TrashPath()).ok());
  EXPECT_FALSE(trash_->Take(path).ok());
  EXPECT_TRUE(stdfs::exists(path));
}

}  // namespace
}  // namespace faas::registryd
