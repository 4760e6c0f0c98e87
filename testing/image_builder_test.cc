#include "testing/image_builder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "testing/command.h"
#include "testing/compress.h"

namespace faas::testing {
namespace {

using Json = nlohmann::json;

ImageBuilder TwoLayers() {
  ImageSettings settings;
  settings.entrypoint = {"/hello"};
  settings.cmd = {"a b", "c"};
  settings.env = {"A=1", "B=two words"};
  settings.working_dir = "/srv";
  settings.user = "app";
  settings.stop_signal = "SIGINT";
  settings.labels = {{"maintainer", "nobody"}};
  return ImageBuilder()
      .AddLayer(MakeTar({DirectoryEntry("etc/"), FileEntry("etc/a", "1")}))
      .AddLayer(MakeTar({FileEntry("hello", "2", 0755)}))
      .SetSettings(settings)
      .AddTag("localhost:5000/team/hello:v1");
}

std::string MemberData(const ArchiveMembers& members, const std::string& path) {
  for (const TarEntry& member : members) {
    if (member.path == path) return member.data;
  }
  ADD_FAILURE() << "no member " << path;
  return "";
}

class ImageBuilderTest : public ::testing::TestWithParam<Layout> {
 protected:
  std::string WriteArchive() {
    const std::string path = ::testing::TempDir() + "/image.tar";
    std::ofstream(path) << TwoLayers().Save(GetParam());
    return path;
  }
};

TEST_P(ImageBuilderTest, ManifestNamesConfigAndLayersByTheirDigests) {
  const ImageBuilder image = TwoLayers();
  const ArchiveMembers members = image.Members(GetParam());
  const Json manifest = Json::parse(MemberData(members, "manifest.json"));
  ASSERT_EQ(manifest.size(), 1u);
  EXPECT_EQ(manifest[0]["RepoTags"],
            Json::array({"localhost:5000/team/hello:v1"}));
  const std::string config_text =
      MemberData(members, manifest[0]["Config"].get<std::string>());
  EXPECT_EQ("sha256:" + Sha256Hex(config_text), image.ImageId(GetParam()));
  const Json config = Json::parse(config_text);
  EXPECT_EQ(config["rootfs"]["diff_ids"], Json(image.DiffIds()));
  EXPECT_EQ(config["config"]["User"], "app");
  ASSERT_EQ(manifest[0]["Layers"].size(), 2u);
  if (GetParam() == Layout::kContainerd) return;  // The blobs are compressed.
  for (int i = 0; i < 2; ++i) {
    const std::string layer =
        MemberData(members, manifest[0]["Layers"][i].get<std::string>());
    EXPECT_EQ("sha256:" + Sha256Hex(layer), image.DiffIds()[i]);
  }
}

TEST_P(ImageBuilderTest, SkopeoReadsTheArchive) {
  if (RunCommand({"skopeo", "--version"}).exit_code != 0) {
    GTEST_SKIP() << "skopeo is not installed";
  }
  const std::string source = "docker-archive:" + WriteArchive();
  const CommandResult inspected =
      RunCommand({"skopeo", "inspect", "--config", source});
  ASSERT_EQ(inspected.exit_code, 0) << inspected.err;
  const Json config = Json::parse(inspected.out)["config"];
  EXPECT_EQ(config["Entrypoint"], Json::array({"/hello"}));
  EXPECT_EQ(config["Cmd"], Json::array({"a b", "c"}));
  EXPECT_EQ(config["StopSignal"], "SIGINT");

  const std::string copy = "oci:" + ::testing::TempDir() + "/copy:latest";
  const CommandResult copied = RunCommand(
      {"skopeo", "copy", "--insecure-policy", "--quiet", source, copy});
  EXPECT_EQ(copied.exit_code, 0) << copied.err;
}

TEST_P(ImageBuilderTest, SameInputGivesTheSameBytes) {
  EXPECT_EQ(TwoLayers().Save(GetParam()), TwoLayers().Save(GetParam()));
}

std::string LayoutName(const ::testing::TestParamInfo<Layout>& param) {
  switch (param.param) {
    case Layout::kDocker20:
      return "Docker20";
    case Layout::kDocker25:
      return "Docker25";
    case Layout::kContainerd:
      return "Containerd";
    case Layout::kOci:
      return "Oci";
  }
  return "";
}

INSTANTIATE_TEST_SUITE_P(Layouts, ImageBuilderTest,
                         ::testing::Values(Layout::kDocker20, Layout::kDocker25,
                                           Layout::kContainerd),
                         LayoutName);

TEST(ImageBuilderLayoutTest, SkopeoReadsAnOciArchive) {
  if (RunCommand({"skopeo", "--version"}).exit_code != 0) {
    GTEST_SKIP() << "skopeo is not installed";
  }
  for (const Compressor& compress :
       {Compressor(), Compressor(Gzip), Compressor(Zstd)}) {
    const std::string path = ::testing::TempDir() + "/oci.tar";
    std::ofstream(path) << TwoLayers().SetCompressor(compress).Save(
        Layout::kOci);
    const std::string copy = "oci:" + ::testing::TempDir() + "/oci_copy:latest";
    const CommandResult copied = RunCommand(
        {"skopeo", "--tmpdir", ::testing::TempDir(), "copy",
         "--insecure-policy", "--quiet", "oci-archive:" + path, copy});
    EXPECT_EQ(copied.exit_code, 0) << copied.err;
  }
}

TEST(ImageBuilderLayoutTest, ChangedPartsAreNamedByTheirNewDigests) {
  ImageBuilder image = TwoLayers();
  image.ChangeConfig([](auto& config) { config["os"] = "plan9"; });
  image.ChangeManifest([](auto& manifest) { manifest["extra"] = 1; });
  image.ChangeIndex([](auto& index, ArchiveMembers& blobs) {
    index["extra"] = 2;
    blobs.push_back(BlobEntry("blob"));
  });
  const ArchiveMembers members = image.Members(Layout::kOci);
  const auto blob = [&](const Json& descriptor) {
    return MemberData(
        members,
        "blobs/sha256/" + descriptor["digest"].get<std::string>().substr(7));
  };
  const Json index = Json::parse(MemberData(members, "index.json"));
  EXPECT_EQ(index["extra"], 2);
  const Json manifest = Json::parse(blob(index["manifests"][0]));
  EXPECT_EQ(manifest["extra"], 1);
  const Json config = Json::parse(blob(manifest["config"]));
  EXPECT_EQ(config["os"], "plan9");
  EXPECT_EQ(MemberData(members, BlobEntry("blob").path), "blob");
}

TEST(ImageBuilderLayoutTest, Docker20RepeatsALayerAsASymlink) {
  const std::string layer = MakeTar({FileEntry("a", "1")});
  const ArchiveMembers members =
      ImageBuilder().AddLayer(layer).AddLayer(layer).Members(Layout::kDocker20);
  int files = 0, symlinks = 0;
  for (const TarEntry& member : members) {
    if (member.path.find("/layer.tar") == std::string::npos) continue;
    (member.type == '2' ? symlinks : files) += 1;
  }
  EXPECT_EQ(files, 1);
  EXPECT_EQ(symlinks, 1);
}

TEST(ImageBuilderLayoutTest, Docker25PutsBlobsFirstAndARepeatedLayerOnce) {
  const std::string layer = MakeTar({FileEntry("a", "1")});
  const ArchiveMembers members = ImageBuilder()
                                     .AddLayer(layer)
                                     .AddLayer(layer)
                                     .AddTag("a:latest")
                                     .Members(Layout::kDocker25);
  EXPECT_EQ(members[0].path, "blobs/");
  EXPECT_EQ(members[1].path, "blobs/sha256/");
  const size_t count = members.size();
  EXPECT_EQ(members[count - 4].path, "index.json");
  EXPECT_EQ(members[count - 3].path, "manifest.json");
  EXPECT_EQ(members[count - 2].path, "oci-layout");
  EXPECT_EQ(members[count - 1].path, "repositories");
  // These are the layer, the config, the OCI manifest and two legacy documents.
  EXPECT_EQ(count - 4 - 2, 5u);
}

}  // namespace
}  // namespace faas::testing
