#include "image/extract.h"

#include <fcntl.h>

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/inspect.h"
#include "image/testing/extract_test_base.h"
#include "testing/compress.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::DigestOf;
using faas::testing::Gzip;
using faas::testing::Sha256Hex;
using faas::testing::Zstd;
using json = nlohmann::ordered_json;
using faas::testing::ImageBuilder;
using faas::testing::Layout;
using faas::testing::TarWriter;
using ::testing::ElementsAre;
using testing::ImageOf;
using testing::Tree;
using ExtractTest = testing::ExtractTestBase;

ImageBuilder TwoLayers() {
  return ImageOf(
      {TarWriter().Dir("etc").File("etc/a", "1").File("etc/b", "2").Finish(),
       TarWriter().Dir("etc").Whiteout("etc/.wh.a").File("c", "3").Finish()});
}

TEST_F(ExtractTest, BothLayoutsAndAllCompressionsGiveTheSameImage) {
  using Compress = std::string (*)(absl::string_view);
  for (const Compress compress : {Compress(nullptr), &Gzip, &Zstd}) {
    ImageBuilder image = TwoLayers();
    image.SetCompressor(compress);
    for (const Layout layout : {Layout::kDocker20, Layout::kDocker25}) {
      const std::string archive = image.Save(layout);
      const auto extracted = Extract(archive);
      ASSERT_TRUE(extracted.ok()) << extracted.status();
      ASSERT_EQ(extracted->layers.size(), 2u);
      EXPECT_EQ(
          LayerTree(*extracted, 0),
          (Tree{{"etc", "dir"}, {"etc/a", "file:1"}, {"etc/b", "file:2"}}));
      EXPECT_EQ(LayerTree(*extracted, 1),
                (Tree{{"etc", "dir"}, {"etc/a", "whiteout"}, {"c", "file:3"}}));
      for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(extracted->layers[i].diff_id, DigestOf(image.layer(i)));
        EXPECT_EQ(extracted->layers[i].content_id, DigestOf(image.layer(i)));
        EXPECT_EQ(extracted->layers[i].tar_bytes, image.layer(i).size());
        EXPECT_EQ(extracted->image.layers(i).diff_id(),
                  extracted->layers[i].diff_id);
      }
      EXPECT_EQ(extracted->image.digest(), image.ImageId(layout));
      EXPECT_EQ(extracted->image.archive_bytes(), archive.size());
      EXPECT_THAT(extracted->image.tags(), ElementsAre("test-handler:latest"));
    }
  }
}

TEST_F(ExtractTest, InspectAgreesAndWritesNothing) {
  const std::string archive = TwoLayers().Save(Layout::kDocker25);
  auto extracted = Extract(archive);
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  StringSource source(archive);
  const auto inspected = InspectImage(source, Limits());
  // Only writing the layers tells these fields.
  for (v1::Layer& layer : *extracted->image.mutable_layers()) {
    layer.clear_content_id();
    layer.clear_disk_bytes();
  }
  ASSERT_TRUE(inspected.ok()) << inspected.status();
  EXPECT_EQ(inspected->SerializeAsString(),
            extracted->image.SerializeAsString());
}

TEST_F(ExtractTest, WholeArchiveMayBeCompressed) {
  const std::string archive = TwoLayers().Save(Layout::kDocker20);
  for (const std::string& packed : {Gzip(archive), Zstd(archive)}) {
    const auto extracted = Extract(packed);
    ASSERT_TRUE(extracted.ok()) << extracted.status();
    EXPECT_EQ(extracted->image.archive_bytes(), packed.size());
  }
}

TEST_F(ExtractTest, SizeOfPiecesDoesNotMatter) {
  ImageBuilder image = TwoLayers();
  image.SetCompressor(&Gzip);
  const std::string archive = Zstd(image.Save(Layout::kDocker25));
  for (const size_t chunk : {1, 7, 511, 512, 513}) {
    const auto extracted = Extract(archive, {}, chunk);
    ASSERT_TRUE(extracted.ok()) << chunk << ": " << extracted.status();
  }
}

TEST_F(ExtractTest, ConfigurationIsCarriedOver) {
  ImageBuilder image = TwoLayers();
  const json settings = {{"Entrypoint", {"python3", "-u"}},
                         {"Cmd", {"/app/handler.py"}},
                         {"Env", {"PATH=/bin", "A=b=c"}},
                         {"WorkingDir", "/app"},
                         {"User", "1000:1000"},
                         {"StopSignal", "SIGINT"},
                         {"Labels", {{"faas.port", "80"}}},
                         {"Volumes", nullptr}};
  image.ChangeConfig([&](json& config) { config["config"] = settings; });
  const auto extracted = Extract(image.Save(Layout::kDocker25));
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
  ImageBuilder image = TwoLayers();
  const std::string zeros(1024, '\0');
  image = ImageOf({image.layer(0), zeros, image.layer(1), zeros, ""});
  for (const std::string& archive :
       {image.Save(Layout::kDocker20), image.Save(Layout::kDocker25)}) {
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
      TarWriter()
          .File("other.tar", TarWriter().File("x", "").Finish())
          .File("broken.tar", std::string(1024, 'x'))
          .File("README", "not an image")
          .Raw(TwoLayers().Save(Layout::kDocker25))
          .bytes();
  const auto extracted = Extract(archive);
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(DirectoriesInStaging(), 2);
}

TEST_F(ExtractTest, PodmanArchivesNameLayersThroughSymlinks) {
  const ImageBuilder image = TwoLayers();
  const std::string config = image.Config(Layout::kDocker25);
  TarWriter tar;
  nlohmann::json names;
  for (const std::string& layer : {image.layer(0), image.layer(1)}) {
    const std::string name = Sha256Hex(layer) + ".tar";
    tar.File("./" + name, layer);
    tar.Symlink("./id" + name + "/layer.tar", "../" + name);
    names.push_back("id" + name + "/layer.tar");
  }
  const std::string config_name = Sha256Hex(config) + ".json";
  tar.File(config_name, config);
  tar.File("manifest.json",
           nlohmann::json::array({{{"Config", config_name}, {"Layers", names}}})
               .dump());
  const auto extracted = Extract(tar.Finish());
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(extracted->layers[1].diff_id, DigestOf(image.layer(1)));
}

TEST_F(ExtractTest, LayersCopyUpFromThoseBelowAndAreNamedForThem) {
  const std::string upper =
      TarWriter().File("bin/tool", "x").HardLink("copy", "data").Finish();
  const ImageBuilder image = ImageOf(
      {TarWriter().Dir("usr").Symlink("bin", "usr").File("data", "d").Finish(),
       upper, TarWriter().File("top", "").Finish(), upper});
  const auto extracted = Extract(image.Save(Layout::kDocker20));
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(LayerTree(*extracted, 3), (Tree{{"usr", "dir"},
                                            {"usr/tool", "file:x"},
                                            {"data", "file:d"},
                                            {"copy", "file:d"}}));
  std::string chain = DigestOf(image.layer(0));
  for (int i = 1; i < 4; ++i) {
    chain = DigestOf(absl::StrCat(chain, " ", DigestOf(image.layer(i))));
  }
  EXPECT_EQ(extracted->layers[3].content_id, chain);
  EXPECT_EQ(extracted->layers[1].content_id, chain);
  EXPECT_EQ(extracted->layers[1].diff_id, DigestOf(upper));
  EXPECT_EQ(extracted->layers[2].content_id, extracted->layers[2].diff_id);
}

TEST_F(ExtractTest, HardLinkThatNoLayerExplainsIsRefused) {
  ImageBuilder image = ImageOf({TarWriter().HardLink("h", "none").Finish()});
  testing::ExpectError(Extract(image.Save(Layout::kDocker20)).status(),
                       ErrorCategory::kUnsafeLink, "\"none\"");
}

TEST_F(ExtractTest, ReferenceChoosesAmongImages) {
  nlohmann::json manifests;
  TarWriter tar;
  for (const char* tag : {"a:latest", "b:1"}) {
    ImageBuilder image = TwoLayers();
    image.ChangeConfig([&](json& config) { config["config"]["Cmd"] = {tag}; });
    const std::string config = image.Config(Layout::kDocker25);
    tar.File(absl::StrCat(tag, ".json"), config);
    for (const std::string& layer : {image.layer(0), image.layer(1)}) {
      tar.File(Sha256Hex(layer) + ".tar", layer);
    }
    manifests.push_back({{"Config", absl::StrCat(tag, ".json")},
                         {"RepoTags", {tag}},
                         {"Layers",
                          {Sha256Hex(image.layer(0)) + ".tar",
                           Sha256Hex(image.layer(1)) + ".tar"}}});
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
  ImageBuilder image = TwoLayers();
  image.AddLayer(TarWriter().File("big", std::string(3 << 20, 'x')).Finish());
  std::vector<Progress> seen;
  ExtractOptions options;
  options.on_progress = [&](const Progress& p) { seen.push_back(p); };
  ASSERT_TRUE(Extract(image.Save(Layout::kDocker20), options).ok());
  ASSERT_GE(seen.size(), 5u);
  EXPECT_LE(seen.size(), 8u);
  EXPECT_EQ(seen.back().layers, 3u);
  EXPECT_GT(seen.back().archive_bytes, 3u << 20);
}

TEST_F(ExtractTest, FileDescriptorIsReadToItsEnd) {
  const std::string path = dir_ + "/archive.tar";
  const std::string archive = TwoLayers().Save(Layout::kDocker20);
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
