#include "faas_cli/oci_directory.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/fs/file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/inspect.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::cli {
namespace {

using faas::testing::DigestOf;
using faas::testing::TarWriter;

class OciDirectoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/oci_directory_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    Write("oci-layout", R"({"imageLayoutVersion": "1.0.0"})");
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  void Write(const std::string& name, const std::string& content) {
    const std::string path = absl::StrCat(dir_, "/", name);
    ASSERT_TRUE(fs::MakeDirectories(
                    std::filesystem::path(path).parent_path().string(), 0755)
                    .ok());
    ASSERT_TRUE(fs::WriteFileDurably(path, content, 0644).ok());
  }

  // Writes a blob and returns its descriptor.
  std::string Blob(const std::string& content, const std::string& more = "") {
    const std::string digest = DigestOf(content);
    Write("blobs/sha256/" + digest.substr(7), content);
    return absl::StrCat(R"({"digest": ")", digest, R"(", "size": )",
                        content.size(), more, "}");
  }

  // Writes an image that runs `command` and returns the descriptor of its
  // manifest.
  std::string Image(const std::string& command) {
    const std::string layer = TarWriter().File(command, "x").Finish();
    const std::string config = absl::StrCat(R"({"config": {"Cmd": [")", command,
                                            R"("]}, "rootfs": {"diff_ids": [")",
                                            DigestOf(layer), "\"]}}");
    return Blob(
        absl::StrCat(R"({"config": )", Blob(config), R"(, "layers": [)",
                     Blob(layer), "]}"),
        absl::StrCat(
            R"(, "annotations": {"org.opencontainers.image.ref.name": ")",
            command, "\"}"));
  }

  absl::StatusOr<v1::Image> Inspect(const std::string& reference) {
    auto source = OciDirectory::Open(dir_, reference);
    if (!source.ok()) return source.status();
    return image::InspectImage(**source, image::Limits(), reference);
  }

  std::string dir_;
};

TEST_F(OciDirectoryTest, IsSentAsAnArchive) {
  Write("index.json", absl::StrCat(R"({"manifests": [)", Image("one"), "]}"));
  Write("blobs/sha256/not-referred-to", "x");
  const auto image = Inspect("");
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(image->config().cmd(0), "one");
  EXPECT_EQ(image->layers_size(), 1);
}

TEST_F(OciDirectoryTest, OnlyWhatTheReferenceNamesIsSent) {
  Write("index.json", absl::StrCat(R"({"manifests": [)", Image("one"), ",",
                                   Image("two"), "]}"));
  EXPECT_EQ(Inspect("two")->config().cmd(0), "two");
  EXPECT_THAT(std::string(Inspect("").status().message()),
              ::testing::HasSubstr("2 images"));
  const auto one = OciDirectory::Open(dir_, "one");
  const auto both = OciDirectory::Open(dir_, "");
  ASSERT_TRUE(one.ok() && both.ok());
  EXPECT_LT((*one)->total_bytes() + 2000, (*both)->total_bytes());
}

TEST_F(OciDirectoryTest, DigestsLeadNowhereElse) {
  Write("index.json", R"({"manifests": [
      {"digest": "..:oci-layout"}, {"digest": "sha256:../../oci-layout"},
      {"digest": 7}, 8, {"digest": "sha256:00"}]})");
  const auto source = OciDirectory::Open(dir_, "");
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_LT((*source)->total_bytes(), 300u);
}

TEST_F(OciDirectoryTest, OtherDirectoriesAreRefused) {
  const auto source = OciDirectory::Open(dir_, "");
  EXPECT_EQ(source.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(source.status().message()),
              ::testing::AllOf(::testing::HasSubstr("index.json"),
                               ::testing::HasSubstr("no OCI image layout")));
}

}  // namespace
}  // namespace faas::cli
