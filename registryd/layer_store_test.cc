#include "registryd/layer_store.h"

#include <cstdlib>
#include <filesystem>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

namespace stdfs = std::filesystem;

class LayerStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/layer_store_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    auto store = LayerStore::Open(dir_);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  // Stages a layer with one file and adopts it.
  absl::StatusOr<std::unique_ptr<LayerStore::Pin>> Adopt(
      const std::string& id, const std::string& content) {
    auto staging = store_->NewStaging();
    const std::string layer = (*staging)->path() + "/0";
    EXPECT_TRUE(fs::MakeDirectories(layer, 0755).ok());
    EXPECT_TRUE(fs::WriteFileDurably(layer + "/f", content, 0644).ok());
    return store_->Adopt({{"sha256:" + id, layer}});
  }

  bool StagingIsEmpty() const { return stdfs::is_empty(dir_ + "/staging"); }

  std::string dir_;
  std::unique_ptr<LayerStore> store_;
};

TEST_F(LayerStoreTest, AdoptedLayerLiesUnderItsId) {
  ASSERT_TRUE(Adopt("aa", "x").ok());
  EXPECT_EQ(*fs::ReadFile(dir_ + "/layers/aa/f", 10), "x");
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, LayerThatIsThereStaysAsItIs) {
  ASSERT_TRUE(Adopt("aa", "old").ok());
  ASSERT_TRUE(Adopt("aa", "new").ok());
  EXPECT_EQ(*fs::ReadFile(dir_ + "/layers/aa/f", 10), "old");
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, SweepTakesWhatIsNeitherPinnedNorInUse) {
  auto pinned = Adopt("aa", "x");
  ASSERT_TRUE(Adopt("bb", "x").ok());
  ASSERT_TRUE(Adopt("cc", "x").ok());
  const auto in_use = [] { return std::set<std::string>{"sha256:bb"}; };
  ASSERT_TRUE(store_->Sweep(in_use).ok());
  EXPECT_TRUE(stdfs::exists(dir_ + "/layers/aa"));
  EXPECT_TRUE(stdfs::exists(dir_ + "/layers/bb"));
  EXPECT_FALSE(stdfs::exists(dir_ + "/layers/cc"));
  EXPECT_TRUE(StagingIsEmpty());
  pinned->reset();
  ASSERT_TRUE(store_->Sweep(in_use).ok());
  EXPECT_FALSE(stdfs::exists(dir_ + "/layers/aa"));
}

TEST_F(LayerStoreTest, FailedAdoptionPinsNothing) {
  EXPECT_FALSE(store_->Adopt({{"sha256:aa", dir_ + "/no"}}).ok());
  ASSERT_TRUE(Adopt("aa", "x").ok());
  ASSERT_TRUE(store_->Sweep([] { return std::set<std::string>(); }).ok());
  EXPECT_FALSE(stdfs::exists(dir_ + "/layers/aa"));
}

TEST_F(LayerStoreTest, StagingOfAnEarlierLifeIsEmptied) {
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/staging/left/over", 0755).ok());
  store_ = *LayerStore::Open(dir_);
  EXPECT_TRUE(StagingIsEmpty());
}

}  // namespace
}  // namespace faas::registryd
