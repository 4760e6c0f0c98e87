// Tests that layers which are stored already are recognised, and not written
// again.

#include <sys/stat.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/extract.h"
#include "image/stored_layer.h"
#include "image/testing/extract_test_base.h"
#include "testing/compress.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::Gzip;
using faas::testing::ImageBuilder;
using faas::testing::Layout;
using faas::testing::TarWriter;
using faas::testing::Zstd;
using testing::ImageOf;

// A Store has the layers that were extracted before.
class Store : public StoredLayers {
 public:
  void Add(const Layer& layer) { layers_.push_back(layer); }

  std::optional<Layer> FindBlob(const std::string& digest) override {
    return Find([&](const auto& layer) { return layer.blob_digest == digest; });
  }
  std::optional<Layer> FindDiffId(const std::string& id) override {
    return Find([&](const auto& layer) { return layer.diff_id == id; });
  }
  std::vector<Layer> FindBeginning(const Checkpoint& first) override {
    std::vector<Layer> found;
    for (const Layer& layer : layers_) {
      if (!layer.checkpoints.empty() && layer.checkpoints[0] == first) {
        found.push_back(layer);
      }
    }
    return found;
  }

 private:
  template <typename Matches>
  std::optional<Layer> Find(Matches matches) const {
    const auto it = std::find_if(layers_.begin(), layers_.end(), matches);
    if (it == layers_.end()) return std::nullopt;
    return *it;
  }

  std::vector<Layer> layers_;
};

class ExtractStoredTest : public testing::ExtractTestBase {
 protected:
  std::string Random(size_t bytes) {
    std::string text(bytes, '\0');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  // Returns a layer of some megabytes in files of all sizes, with all kinds of
  // entries.
  TarWriter LargeLayer() {
    TarWriter tar;
    tar.Dir("d", 0711).Symlink("s", "d");
    for (int i = 0; i < 40; ++i) {
      const std::string name = absl::StrCat("d/", i);
      tar.Add({.path = name,
               .data = Random(size_t{1} << (i % 20)),
               .mode = i % 7 == 0 ? 04755u : 0640u,
               .mtime = i,
               .pax = {{"SCHILY.xattr.user.i", absl::StrCat(i)}}});
      if (i % 9 == 0) tar.HardLink(absl::StrCat("hard", i), name);
      if (i % 11 == 0) tar.Whiteout(absl::StrCat("d/.wh.gone", i));
      if (i % 13 == 0) tar.File(absl::StrCat("s/through", i), Random(9));
    }
    return tar;
  }

  // Returns the tree with the metadata that ReadTree leaves out.
  std::map<std::string, std::string> Everything(const std::string& root) {
    std::map<std::string, std::string> all;
    for (const auto& [path, what] : testing::ReadTree(root)) {
      struct stat st = {};
      all[path] = what;
      if (what == "whiteout") continue;  // The clock sets its times.
      EXPECT_EQ(lstat((root + "/" + path).c_str(), &st), 0);
      all[path] =
          absl::StrCat(faas::testing::DigestOf(what), " ", st.st_mode, " ",
                       st.st_uid, " ", st.st_nlink, " ", st.st_mtim.tv_sec);
    }
    return all;
  }

  static std::vector<std::string> Differences(
      const std::map<std::string, std::string>& a,
      const std::map<std::string, std::string>& b) {
    std::vector<std::string> differences;
    for (const auto& [from, to] : {std::pair(&a, &b), std::pair(&b, &a)}) {
      for (const auto& [path, what] : *from) {
        const auto other = to->find(path);
        if (other != to->end() && other->second == what) continue;
        differences.push_back(absl::StrCat(path, ": ", what));
      }
    }
    return differences;
  }

  ExtractOptions WithStore() {
    ExtractOptions options;
    options.stored = &store_;
    return options;
  }

  // Extracts the image and puts its layers into the store.
  ExtractedImage Fill(const ImageBuilder& image) {
    auto extracted = Extract(image.Save(Layout::kDocker20));
    EXPECT_TRUE(extracted.ok()) << extracted.status();
    for (const auto& layer : extracted->layers) store_.Add(layer);
    return *std::move(extracted);
  }

  Store store_;
  std::mt19937 random_{7};
};

TEST_F(ExtractStoredTest, BlobsAreKnownByTheirNames) {
  ImageBuilder image =
      ImageOf({LargeLayer().Finish(), TarWriter().File("x", "1").Finish()});
  image.SetCompressor(&Gzip);
  const std::string archive = image.Save(Layout::kDocker25);
  const auto first = Extract(archive);
  ASSERT_TRUE(first.ok()) << first.status();
  store_.Add(first->layers[0]);
  const auto second = Extract(archive, WithStore());
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(DirectoriesInStaging(), 1);
  EXPECT_TRUE(second->layers[0].stored);
  EXPECT_FALSE(second->layers[1].stored);
  EXPECT_EQ(second->layers[0].directory, first->layers[0].directory);
  EXPECT_EQ(second->image.SerializeAsString(),
            first->image.SerializeAsString());

  // The bytes must still be what their name says.
  std::string damaged = archive;
  damaged[archive.find(Gzip(image.layer(0))) + 20] ^= 1;
  testing::ExpectError(Extract(damaged, WithStore()).status(),
                       ErrorCategory::kDigest, "blobs/sha256/");
}

TEST_F(ExtractStoredTest, OthersAreRecognisedWhileTheyPass) {
  ImageBuilder image =
      ImageOf({LargeLayer().Finish(), TarWriter().File("small", "1").Finish()});
  const ExtractedImage first = Fill(image);
  for (auto* compress : {&Gzip, &Zstd}) {
    for (const size_t chunk : {size_t{999}, size_t{1} << 18, size_t{3} << 20}) {
      const auto plain =
          Extract(image.Save(Layout::kDocker20), WithStore(), chunk);
      ASSERT_TRUE(plain.ok()) << plain.status();
      EXPECT_EQ(DirectoriesInStaging(), 0);
      EXPECT_EQ(plain->layers[0].directory, first.layers[0].directory);
      EXPECT_EQ(plain->image.SerializeAsString(),
                first.image.SerializeAsString());
    }
    ImageBuilder compressed = image;
    compressed.SetCompressor(compress);
    const auto other = Extract(compressed.Save(Layout::kDocker20), WithStore());
    ASSERT_TRUE(other.ok()) << other.status();
    EXPECT_EQ(DirectoriesInStaging(), 0);
    EXPECT_TRUE(other->layers[0].stored && other->layers[1].stored);
  }
}

// Wherever a layer begins to differ from the stored one, it becomes what it
// would be without the store.
TEST_F(ExtractStoredTest, LayersThatOnlyBeginAlikeAreWritten) {
  const TarWriter common = LargeLayer();
  const size_t common_bytes = common.bytes().size();
  ASSERT_GT(common_bytes, 2 * kCheckpointBytes);
  Fill(ImageOf({TarWriter(common).File("end", "1").Finish()}));
  Fill(ImageOf({TarWriter(common).File("end", Random(2 << 20)).Finish()}));
  std::vector<std::string> others = {
      TarWriter(common).Finish(), TarWriter(common).File("end", "2").Finish(),
      TarWriter(common).File("end", "1").Finish() + std::string(512, '\0'),
      TarWriter(common).File("d/1", "replaced").Finish(),
      TarWriter(common).File("end", Random(3 << 20)).Finish()};
  // One byte of a file's content changes.
  const std::string whole = TarWriter(common).File("end", "1").Finish();
  for (int i = 0; i < 12; ++i) {
    std::string changed = whole;
    const std::string name = absl::StrCat("d/", i + 28);
    const size_t header = changed.find(name + std::string(20, '\0'));
    ASSERT_NE(header, std::string::npos);
    changed[header + 512] ^= 1;
    others.push_back(std::move(changed));
  }
  for (const std::string& other : others) {
    const std::string archive = ImageOf({other}).Save(Layout::kDocker20);
    const auto expected = Extract(archive);
    ASSERT_TRUE(expected.ok()) << expected.status();
    const auto extracted = Extract(archive, WithStore(), 100'000);
    ASSERT_TRUE(extracted.ok()) << extracted.status();
    EXPECT_FALSE(extracted->layers[0].stored);
    EXPECT_THAT(Differences(Everything(extracted->layers[0].directory),
                            Everything(expected->layers[0].directory)),
                ::testing::IsEmpty());
    EXPECT_EQ(extracted->image.SerializeAsString(),
              expected->image.SerializeAsString());
    EXPECT_EQ(extracted->layers[0].checkpoints,
              expected->layers[0].checkpoints);
  }
}

TEST_F(ExtractStoredTest, HolesBeforeTheDifferenceStayHoles) {
  // This is a GNU 1.0 sparse file of 64 MiB with two pieces of data.
  std::string content = "2\n0\n1048576\n33554432\n2097152\n";
  content.resize(512, '\0');
  content += Random(size_t{3} << 20);
  const auto sparse = [&](absl::string_view end) {
    return TarWriter()
        .Add({.path = "GNUSparseFile.0/sparse",
              .data = content,
              .pax = {{"GNU.sparse.major", "1"},
                      {"GNU.sparse.minor", "0"},
                      {"GNU.sparse.name", "sparse"},
                      {"GNU.sparse.realsize", absl::StrCat(64 << 20)}}})
        .File("end", end)
        .Finish();
  };
  Fill(ImageOf({sparse("1")}));
  const auto extracted =
      Extract(ImageOf({sparse("2")}).Save(Layout::kDocker20), WithStore());
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  root_ = extracted->layers[0].directory;
  EXPECT_EQ(Stat("sparse").st_size, 64 << 20);
  EXPECT_LT(Stat("sparse").st_blocks * 512, 8 << 20);
}

TEST_F(ExtractStoredTest, LayersThatReplaceTheirOwnEntriesAreNotOffered) {
  const std::string data = Random(size_t{2} << 20);
  const auto extracted =
      Extract(ImageOf({TarWriter().File("a", data).File("a", "2").Finish(),
                       TarWriter().File("bin/x", data).Finish(),
                       TarWriter().File("c", data).Finish()})
                  .Save(Layout::kDocker20));
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_TRUE(extracted->layers[0].checkpoints.empty());
  EXPECT_EQ(extracted->layers[2].checkpoints.size(), 2u);
}

// Such a layer is complete at the bottom of an image. Above a base it takes
// metadata from there.
TEST_F(ExtractStoredTest, LayersThatLeaveSomethingToLowerOnesAreNotStandalone) {
  const std::string layer = TarWriter().File("lib/x", "1").Finish();
  const auto alone = Extract(ImageOf({layer}).Save(Layout::kDocker20));
  ASSERT_TRUE(alone.ok()) << alone.status();
  EXPECT_FALSE(alone->layers[0].standalone);
  EXPECT_TRUE(alone->layers[0].checkpoints.empty());
  const auto above = Extract(ImageOf({TarWriter()
                                          .Dir("usr")
                                          .Dir("usr/lib")
                                          .Symlink("lib", "usr/lib")
                                          .Finish(),
                                      layer})
                                 .Save(Layout::kDocker20));
  ASSERT_TRUE(above.ok()) << above.status();
  EXPECT_TRUE(above->layers[0].standalone);
  EXPECT_NE(above->layers[1].content_id, above->layers[1].diff_id);
}

}  // namespace
}  // namespace faas::image
