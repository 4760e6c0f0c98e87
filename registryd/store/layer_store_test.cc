#include "registryd/store/layer_store.h"

#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"
#include "registryd/store/layer_record.h"
#include "registryd/store/layer_staging.h"

namespace faas::registryd {
namespace {

namespace stdfs = std::filesystem;

constexpr uint32_t kIdBase = 7;

std::string Digest(char digit) {
  return absl::StrCat("sha256:", std::string(64, digit));
}

class LayerStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/layer_store_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    Reopen();
  }
  void TearDown() override {
    store_.reset();
    EXPECT_TRUE(fs::RemoveTree(dir_).ok());
  }

  void Reopen() {
    store_.reset();
    auto store = LayerStore::Open(dir_, kIdBase);
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
  }

  // Stages a layer with one file and adopts it.
  absl::StatusOr<std::unique_ptr<LayerStore::Pin>> Adopt(
      char digit, const std::string& content, char blob = 'f',
      bool standalone = true) {
    const auto staging = store_->NewStaging();
    image::ExtractedImage image;
    image::Layer& layer = image.layers.emplace_back();
    layer.diff_id = layer.content_id = Digest(digit);
    layer.blob_digest = Digest(blob);
    layer.directory = (*staging)->path() + "/0";
    layer.checkpoints = {{digit}, {'2'}};
    layer.standalone = standalone;
    layer.disk_bytes = content.size();
    EXPECT_TRUE(fs::MakeDirectories(layer.directory, 0755).ok());
    EXPECT_TRUE(
        fs::WriteFileDurably(layer.directory + "/f", content, 0644).ok());
    return store_->Adopt(**staging, image);
  }

  void Sweep(std::set<std::string> in_use = {},
             absl::Duration grace = absl::ZeroDuration()) {
    const auto swept = store_->Sweep([&] { return in_use; }, grace);
    EXPECT_TRUE(swept.ok()) << swept.status();
  }

  std::string PathOf(char digit) const { return store_->PathOf(Digest(digit)); }
  bool Has(char digit) const { return stdfs::exists(PathOf(digit)); }
  std::string ContentOf(char digit) const {
    return *fs::ReadFile(PathOf(digit) + "/tree/f", 10);
  }
  bool StagingIsEmpty() const { return stdfs::is_empty(dir_ + "/staging"); }

  std::string dir_;
  std::unique_ptr<LayerStore> store_;
};

TEST_F(LayerStoreTest, AdoptedLayerLiesUnderItsId) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  EXPECT_EQ(ContentOf('a'), "x");
  EXPECT_EQ(store_->disk_bytes(), 1u);
  EXPECT_EQ(store_->Records().at(Digest('a')).id_base(), kIdBase);
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, LayerThatIsThereStaysAsItIs) {
  ASSERT_TRUE(Adopt('a', "old").ok());
  ASSERT_TRUE(Adopt('a', "new").ok());
  EXPECT_EQ(ContentOf('a'), "old");
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, LayersAreFoundByAllThatIsKnownOfThem) {
  ASSERT_TRUE(Adopt('a', "x", 'e').ok());
  ASSERT_TRUE(Adopt('a', "x", 'f').ok());
  for (int life = 0; life < 2; ++life) {
    {
      const auto staging = store_->NewStaging();
      for (const char blob : {'e', 'f'}) {
        const auto found = (*staging)->FindBlob(Digest(blob));
        ASSERT_TRUE(found.has_value());
        EXPECT_EQ(found->diff_id, Digest('a'));
        EXPECT_EQ(found->directory, PathOf('a') + "/tree");
        EXPECT_EQ(found->checkpoints.size(), 2u);
      }
      EXPECT_FALSE((*staging)->FindBlob(Digest('a')).has_value());
      EXPECT_TRUE((*staging)->FindDiffId(Digest('a')).has_value());
      EXPECT_EQ((*staging)->FindBeginning({'a'}).size(), 1u);
      EXPECT_TRUE((*staging)->FindBeginning({'2'}).empty());
      // A layer that an extraction was told of stays.
      Sweep();
      EXPECT_TRUE(Has('a'));
    }
    Reopen();
  }
}

TEST_F(LayerStoreTest, LayersThatDependOnOthersAreNotFound) {
  ASSERT_TRUE(Adopt('a', "x", 'e', /*standalone=*/false).ok());
  for (int life = 0; life < 2; ++life) {
    {
      const auto staging = store_->NewStaging();
      EXPECT_FALSE((*staging)->FindBlob(Digest('e')).has_value());
      EXPECT_FALSE((*staging)->FindDiffId(Digest('a')).has_value());
      EXPECT_TRUE((*staging)->FindBeginning({'a'}).empty());
    }
    Reopen();
  }
}

TEST_F(LayerStoreTest, SweepTakesWhatIsNeitherPinnedNorInUse) {
  auto pinned = Adopt('a', "x");
  ASSERT_TRUE(Adopt('b', "x").ok());
  ASSERT_TRUE(Adopt('c', "x").ok());
  Sweep({Digest('b')});
  EXPECT_TRUE(Has('a') && Has('b'));
  EXPECT_FALSE(Has('c'));
  EXPECT_TRUE(StagingIsEmpty());
  pinned->reset();
  Sweep({Digest('b')});
  EXPECT_FALSE(Has('a'));
}

TEST_F(LayerStoreTest, UnusedLayersHaveAGrace) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  Sweep({}, absl::Hours(1));
  EXPECT_TRUE(Has('a'));
  const auto swept =
      store_->Sweep([] { return std::set<std::string>(); }, absl::Hours(1));
  EXPECT_LE(swept->next, absl::Now() + absl::Hours(1));
  // Layers of a failed deploy, or of a previous run, get no grace.
  const auto abandoned = Adopt('b', "x");
  store_->Abandon(**abandoned);
  Sweep({}, absl::Hours(1));
  EXPECT_TRUE(Has('b'));  // the pin
}

TEST_F(LayerStoreTest, WhatAFailedDeployBroughtHasNoGrace) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  {
    const auto pin = Adopt('b', "x");
    store_->Abandon(**pin);
    const auto again = Adopt('a', "x");
    store_->Abandon(**again);
  }
  Sweep({}, absl::Hours(1));
  EXPECT_TRUE(Has('a'));
  EXPECT_FALSE(Has('b'));
  Reopen();
  Sweep({}, absl::Hours(1));
  EXPECT_FALSE(Has('a'));
}

TEST_F(LayerStoreTest, FailedAdoptionPinsNothing) {
  const auto staging = store_->NewStaging();
  image::ExtractedImage image;
  image.layers.emplace_back().directory = dir_ + "/no";
  EXPECT_FALSE(store_->Adopt(**staging, image).ok());
  ASSERT_TRUE(Adopt('a', "x").ok());
  Sweep();
  EXPECT_FALSE(Has('a'));
}

// An extractor that was taken over may leave a symlink: overlayfs would mount
// what it leads to.
TEST_F(LayerStoreTest, StagedLayerThatIsNoDirectoryIsRefused) {
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/secret", 0755).ok());
  for (const bool is_symlink : {true, false}) {
    const auto staging = store_->NewStaging();
    image::ExtractedImage image;
    image::Layer& layer = image.layers.emplace_back();
    layer.diff_id = layer.content_id = Digest('a');
    layer.directory = (*staging)->path() + "/0";
    if (is_symlink) {
      stdfs::create_directory_symlink(dir_ + "/secret", layer.directory);
    } else {
      ASSERT_TRUE(fs::WriteFileDurably(layer.directory, "x", 0644).ok());
    }
    const auto pin = store_->Adopt(**staging, image);
    EXPECT_TRUE(absl::IsFailedPrecondition(pin.status())) << pin.status();
    EXPECT_FALSE(Has('a'));
  }
  EXPECT_TRUE(StagingIsEmpty());
  EXPECT_TRUE(stdfs::is_empty(dir_ + "/secret"));
}

TEST_F(LayerStoreTest, LayerThatIsThereIsNotReplaced) {
  const auto first = Adopt('a', "first");
  ASSERT_TRUE(first.ok());
  const auto second = Adopt('a', "second");
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(ContentOf('a'), "first");
}

// An extractor may make any names in its directory.
TEST_F(LayerStoreTest, NamesInStagingAreNotTheStores) {
  const auto staging = store_->NewStaging();
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/secret", 0755).ok());
  const std::string path = (*staging)->path();
  stdfs::create_directory_symlink(dir_ + "/secret", path + "/layer-0");
  image::ExtractedImage image;
  image::Layer& layer = image.layers.emplace_back();
  layer.diff_id = layer.content_id = Digest('a');
  layer.directory = path + "/0";
  ASSERT_TRUE(fs::MakeDirectories(layer.directory, 0755).ok());
  ASSERT_TRUE(store_->Adopt(**staging, image).ok());
  EXPECT_TRUE(Has('a'));
  EXPECT_TRUE(stdfs::is_empty(dir_ + "/secret"));
}

TEST_F(LayerStoreTest, WhatAPreviousRunLeftIsRemoved) {
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/staging/left/over", 0755).ok());
  ASSERT_TRUE(fs::MakeDirectories(PathOf('a') + "/tree", 0755).ok());
  ASSERT_TRUE(fs::MakeDirectories(PathOf('b') + "/tree", 0755).ok());
  Reopen();
  EXPECT_TRUE(StagingIsEmpty());
  // A layer without a record goes, unless it is mounted still.
  Sweep({Digest('b')}, absl::Hours(1));
  EXPECT_FALSE(Has('a'));
  EXPECT_TRUE(Has('b'));
  ASSERT_TRUE(Adopt('b', "new").ok());
  EXPECT_EQ(ContentOf('b'), "new");
}

TEST_F(LayerStoreTest, LayerInThePlaceOfOneWithoutRecordIsALayerLikeAnyOther) {
  ASSERT_TRUE(fs::MakeDirectories(PathOf('a') + "/tree", 0755).ok());
  Reopen();
  auto pin = Adopt('a', "new");
  ASSERT_TRUE(pin.ok());
  Sweep();
  ASSERT_TRUE(Has('a'));
  EXPECT_EQ(ContentOf('a'), "new");
  pin->reset();
  Sweep();
  EXPECT_FALSE(Has('a'));
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, LayerThatIsGoneKeepsNoOther) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  ASSERT_TRUE(Adopt('b', "x").ok());
  ASSERT_TRUE(fs::RemoveTree(PathOf('a')).ok());
  Sweep();
  EXPECT_FALSE(Has('b'));
  EXPECT_TRUE(store_->Records().empty());
}

TEST_F(LayerStoreTest, FailedSweepIsMadeUpForByTheNext) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  ASSERT_TRUE(fs::RemoveTree(dir_ + "/staging").ok());
  for (int i = 0; i < 2; ++i) {
    const auto swept = store_->Sweep([] { return std::set<std::string>(); },
                                     absl::ZeroDuration());
    EXPECT_FALSE(swept.ok());
    EXPECT_TRUE(Has('a'));
    EXPECT_EQ(store_->Records().size(), 1u);
  }
  ASSERT_TRUE(fs::MakeDirectories(dir_ + "/staging", 0700).ok());
  Sweep();
  EXPECT_FALSE(Has('a'));
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, ReplacedTreeStaysWhileItMayBeMounted) {
  ASSERT_TRUE(fs::MakeDirectories(PathOf('a') + "/tree", 0755).ok());
  Reopen();
  ASSERT_TRUE(Adopt('a', "new").ok());
  Sweep({Digest('a')});
  EXPECT_FALSE(StagingIsEmpty());
  Sweep();
  EXPECT_TRUE(StagingIsEmpty());
}

TEST_F(LayerStoreTest, RecordThatWasBeingRewrittenLeavesNothing) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  for (const char* name : {"/layer.json.tmp", "/layer.json.old"}) {
    ASSERT_TRUE(fs::WriteFileDurably(PathOf('a') + name, "{", 0600).ok());
  }
  Reopen();
  EXPECT_EQ(fs::ListDirectory(PathOf('a'))->size(), 3u);
  EXPECT_EQ(store_->Records().count(Digest('a')), 1u);
}

TEST_F(LayerStoreTest, LayersOfAnotherIdBaseAreRefused) {
  ASSERT_TRUE(Adopt('a', "x").ok());
  store_.reset();
  const auto other = LayerStore::Open(dir_, kIdBase + 1);
  EXPECT_EQ(other.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(other.status().message().find("--id_base=7"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace faas::registryd
