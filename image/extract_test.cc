#include "image/extract.h"

#include <fcntl.h>

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/inspect.h"
#include "image/testing/extract_test_base.h"
#include "image/testing/image_builder.h"
#include "image/testing/tar_builder.h"

namespace faas::image {
namespace {

using testing::DigestOf;
using testing::Docker20Archive;
using testing::Docker25Archive;
using ::testing::ElementsAre;
using testing::TarBuilder;
using testing::TestImage;
using testing::Tree;
using ExtractTest = testing::ExtractTestBase;

TestImage TwoLayers() {
  TestImage image;
  image.layers = {
      TarBuilder().Dir("etc").File("etc/a", "1").File("etc/b", "2").Finish(),
      TarBuilder().Dir("etc").Whiteout("etc/.wh.a").File("c", "3").Finish()};
  return image;
}

TEST_F(ExtractTest, BothLayoutsAndAllCompressionsGiveTheSameImage) {
  using Compress = std::string (*)(absl::string_view);
  for (const Compress compress :
       {Compress(nullptr), &testing::Gzip, &testing::Zstd}) {
    TestImage image = TwoLayers();
    image.compress = compress;
    for (const std::string& archive :
         {Docker20Archive(image), Docker25Archive(image)}) {
      const auto extracted = Extract(archive);
      ASSERT_TRUE(extracted.ok()) << extracted.status();
      ASSERT_EQ(extracted->layers.size(), 2u);
      EXPECT_EQ(
          LayerTree(*extracted, 0),
          (Tree{{"etc", "dir"}, {"etc/a", "file:1"}, {"etc/b", "file:2"}}));
      EXPECT_EQ(LayerTree(*extracted, 1),
                (Tree{{"etc", "dir"}, {"etc/a", "whiteout"}, {"c", "file:3"}}));
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(extracted->layers[i].diff_id, DigestOf(image.layers[i]));
        EXPECT_EQ(extracted->layers[i].content_id, DigestOf(image.layers[i]));
        EXPECT_EQ(extracted->layers[i].tar_bytes, image.layers[i].size());
        EXPECT_EQ(extracted->image.layers(i).diff_id(),
                  extracted->layers[i].diff_id);
      }
      EXPECT_EQ(extracted->image.digest(),
                DigestOf(testing::ConfigDocument(image)));
      EXPECT_EQ(extracted->image.archive_bytes(), archive.size());
      EXPECT_THAT(extracted->image.tags(), ElementsAre("test-handler:latest"));
    }
  }
}

TEST_F(ExtractTest, InspectAgreesAndWritesNothing) {
  const std::string archive = Docker25Archive(TwoLayers());
  auto extracted = Extract(archive);
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  StringSource source(archive);
  const auto inspected = InspectImage(source, Limits());
  // What only writing tells.
  for (v1::Layer& layer : *extracted->image.mutable_layers()) {
    layer.clear_content_id();
    layer.clear_disk_bytes();
  }
  ASSERT_TRUE(inspected.ok()) << inspected.status();
  EXPECT_EQ(inspected->SerializeAsString(),
            extracted->image.SerializeAsString());
}

TEST_F(ExtractTest, WholeArchiveMayBeCompressed) {
  const std::string archive = Docker20Archive(TwoLayers());
  for (const std::string& packed :
       {testing::Gzip(archive), testing::Zstd(archive)}) {
    const auto extracted = Extract(packed);
    ASSERT_TRUE(extracted.ok()) << extracted.status();
    EXPECT_EQ(extracted->image.archive_bytes(), packed.size());
  }
}

TEST_F(ExtractTest, SizeOfPiecesDoesNotMatter) {
  TestImage image = TwoLayers();
  image.compress = &testing::Gzip;
  const std::string archive = testing::Zstd(Docker25Archive(image));
  for (const size_t chunk : {1, 7, 511, 512, 513}) {
    const auto extracted = Extract(archive, {}, chunk);
    ASSERT_TRUE(extracted.ok()) << chunk << ": " << extracted.status();
  }
}

TEST_F(ExtractTest, ConfigurationIsCarriedOver) {
  TestImage image = TwoLayers();
  image.config = {{"Entrypoint", {"python3", "-u"}},
                  {"Cmd", {"/app/handler.py"}},
                  {"Env", {"PATH=/bin", "A=b=c"}},
                  {"WorkingDir", "/app"},
                  {"User", "1000:1000"},
                  {"StopSignal", "SIGINT"},
                  {"Labels", {{"faas.port", "80"}}},
                  {"Volumes", nullptr}};
  const auto extracted = Extract(Docker25Archive(image));
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  const v1::ImageConfig& config = extracted->image.config();
  EXPECT_THAT(config.entrypoint(), ElementsAre("python3", "-u"));
  EXPECT_THAT(config.cmd(), ElementsAre("/app/handler.py"));
  EXPECT_THAT(config.env(), ElementsAre("PATH=/bin", "A=b=c"));
  EXPECT_EQ(config.working_dir(), "/app");
  EXPECT_EQ(config.user(), "1000:1000");
  EXPECT_EQ(config.stop_signal(), "SIGINT");
  EXPECT_EQ(config.labels().at("faas.port"), "80");
  EXPECT_EQ(config.architecture(), "amd64");
  EXPECT_EQ(config.os(), "linux");
}

TEST_F(ExtractTest, EmptyAndRepeatedLayersAreTaken) {
  TestImage image = TwoLayers();
  const std::string zeros(1024, '\0');
  image.layers = {image.layers[0], zeros, image.layers[1], zeros, ""};
  for (const std::string& archive :
       {Docker20Archive(image), Docker25Archive(image)}) {
    const auto extracted = Extract(archive);
    ASSERT_TRUE(extracted.ok()) << extracted.status();
    ASSERT_EQ(extracted->layers.size(), 5u);
    EXPECT_EQ(extracted->layers[1].directory, extracted->layers[3].directory);
    EXPECT_EQ(LayerTree(*extracted, 1), Tree());
    EXPECT_EQ(LayerTree(*extracted, 4), Tree());
    EXPECT_EQ(DirectoriesInStaging(), 4);
  }
}

TEST_F(ExtractTest, LayersThatTheManifestDoesNotNameAreRemoved) {
  const std::string archive =
      TarBuilder()
          .File("other.tar", TarBuilder().File("x", "").Finish())
          .File("broken.tar", std::string(1024, 'x'))
          .File("README", "not an image")
          .Raw(Docker25Archive(TwoLayers()))
          .bytes();
  const auto extracted = Extract(archive);
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(DirectoriesInStaging(), 2);
}

TEST_F(ExtractTest, PodmanArchivesNameLayersThroughSymlinks) {
  const TestImage image = TwoLayers();
  const std::string config = testing::ConfigDocument(image);
  TarBuilder tar;
  nlohmann::json names;
  for (const std::string& layer : image.layers) {
    const std::string name = testing::HexOf(layer) + ".tar";
    tar.File("./" + name, layer);
    tar.Symlink("./id" + name + "/layer.tar", "../" + name);
    names.push_back("id" + name + "/layer.tar");
  }
  const std::string config_name = testing::HexOf(config) + ".json";
  tar.File(config_name, config);
  tar.File("manifest.json",
           nlohmann::json::array({{{"Config", config_name}, {"Layers", names}}})
               .dump());
  const auto extracted = Extract(tar.Finish());
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(extracted->layers[1].diff_id, DigestOf(image.layers[1]));
}

TEST_F(ExtractTest, LayersBorrowFromThoseBelowAndAreNamedForThem) {
  TestImage image;
  const std::string borrower =
      TarBuilder().File("bin/tool", "x").HardLink("copy", "data").Finish();
  image.layers = {
      TarBuilder().Dir("usr").Symlink("bin", "usr").File("data", "d").Finish(),
      borrower, TarBuilder().File("top", "").Finish(), borrower};
  const auto extracted = Extract(Docker20Archive(image));
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(LayerTree(*extracted, 3), (Tree{{"usr", "dir"},
                                            {"usr/tool", "file:x"},
                                            {"data", "file:d"},
                                            {"copy", "file:d"}}));
  std::string chain = DigestOf(image.layers[0]);
  for (int i = 1; i < 4; ++i) {
    chain = DigestOf(absl::StrCat(chain, " ", DigestOf(image.layers[i])));
  }
  EXPECT_EQ(extracted->layers[3].content_id, chain);
  EXPECT_EQ(extracted->layers[1].content_id, chain);
  EXPECT_EQ(extracted->layers[1].diff_id, DigestOf(borrower));
  EXPECT_EQ(extracted->layers[2].content_id, extracted->layers[2].diff_id);
}

TEST_F(ExtractTest, HardLinkThatNoLayerExplainsIsRefused) {
  TestImage image;
  image.layers = {TarBuilder().HardLink("h", "none").Finish()};
  testing::ExpectError(Extract(Docker20Archive(image)).status(),
                       ErrorCategory::kUnsafeLink, "\"none\"");
}

TEST_F(ExtractTest, ReferenceChoosesAmongImages) {
  nlohmann::json manifests;
  TarBuilder tar;
  for (const char* tag : {"a:latest", "b:1"}) {
    TestImage image = TwoLayers();
    image.tag = tag;
    image.config["Cmd"] = {tag};
    const std::string config = testing::ConfigDocument(image);
    tar.File(absl::StrCat(tag, ".json"), config);
    for (const std::string& layer : image.layers) {
      tar.File(testing::HexOf(layer) + ".tar", layer);
    }
    manifests.push_back({{"Config", absl::StrCat(tag, ".json")},
                         {"RepoTags", {tag}},
                         {"Layers",
                          {testing::HexOf(image.layers[0]) + ".tar",
                           testing::HexOf(image.layers[1]) + ".tar"}}});
  }
  const std::string archive =
      tar.File("manifest.json", manifests.dump()).Finish();
  testing::ExpectError(Extract(archive).status(), ErrorCategory::kManifest,
                       "2 images (a:latest, b:1)");
  for (const auto& [reference, cmd] :
       {std::pair("a", "a:latest"), std::pair("b:1", "b:1")}) {
    ExtractOptions options;
    options.reference = reference;
    const auto extracted = Extract(archive, options);
    ASSERT_TRUE(extracted.ok()) << extracted.status();
    EXPECT_THAT(extracted->image.config().cmd(), ElementsAre(cmd));
  }
  ExtractOptions options;
  options.reference = "b";
  testing::ExpectError(Extract(archive, options).status(),
                       ErrorCategory::kManifest, "does not hold \"b\"");
}

TEST_F(ExtractTest, ProgressEndsWithAllLayers) {
  TestImage image = TwoLayers();
  image.layers.push_back(
      TarBuilder().File("big", std::string(3 << 20, 'x')).Finish());
  std::vector<Progress> seen;
  ExtractOptions options;
  options.on_progress = [&](const Progress& p) { seen.push_back(p); };
  ASSERT_TRUE(Extract(Docker20Archive(image), options).ok());
  ASSERT_GE(seen.size(), 5u);
  EXPECT_LE(seen.size(), 8u);
  EXPECT_EQ(seen.back().layers, 3u);
  EXPECT_GT(seen.back().archive_bytes, 3u << 20);
}

TEST_F(ExtractTest, FileDescriptorIsReadToItsEnd) {
  const std::string path = dir_ + "/archive.tar";
  const std::string archive = Docker20Archive(TwoLayers());
  ASSERT_TRUE(
      fs::WriteFileDurably(path, archive + std::string(10240, '\0'), 0600)
          .ok());
  const auto fd = fs::Open(path, O_RDONLY);
  ASSERT_TRUE(fd.ok());
  FdSource source(fd->get());
  const auto image = InspectImage(source, Limits());
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->archive_bytes(), archive.size() + 10240);
}

}  // namespace
}  // namespace faas::image
