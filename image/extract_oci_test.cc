#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "image/extract.h"
#include "image/testing/extract_test_base.h"
#include "testing/compress.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using faas::testing::ArchiveMembers;
using faas::testing::BlobEntry;
using faas::testing::ChangeIndexJson;
using faas::testing::ChangeJson;
using faas::testing::DigestOf;
using faas::testing::Gzip;
using faas::testing::ImageBuilder;
using faas::testing::Layout;
using faas::testing::SymlinkEntry;
using faas::testing::TarWriter;
using faas::testing::Zstd;
using ::testing::ElementsAre;
using json = nlohmann::ordered_json;
using testing::ExpectError;
using testing::ImageOf;
using testing::Tree;
using ExtractOciTest = testing::ExtractTestBase;

ImageBuilder OneLayer() {
  return ImageOf({TarWriter().File("a", "1").Finish()});
}

std::string OciArchive(ImageBuilder image,
                       const ChangeIndexJson& change_index = {},
                       const ChangeJson& change_manifest = {}) {
  return image.ChangeIndex(change_index)
      .ChangeManifest(change_manifest)
      .Save(Layout::kOci);
}

// Puts the entries of index.json into an index of their own, which is a blob.
void Nest(json& index, ArchiveMembers& blobs) {
  const std::string inner = index.dump();
  blobs.push_back(BlobEntry(inner));
  index["manifests"] = {
      {{"mediaType", "application/vnd.oci.image.index.v1+json"},
       {"digest", DigestOf(inner)}}};
}

TEST_F(ExtractOciTest, LayoutWithoutDockersManifestIsTaken) {
  ImageBuilder image = OneLayer();
  image.SetCompressor(&Zstd);
  const auto extracted = Extract(OciArchive(image));
  ASSERT_TRUE(extracted.ok()) << extracted.status();
  EXPECT_EQ(LayerTree(*extracted, 0), (Tree{{"a", "file:1"}}));
  EXPECT_THAT(extracted->image.tags(), ElementsAre("test-handler:latest"));
  EXPECT_EQ(extracted->image.digest(), image.ImageId(Layout::kOci));
}

TEST_F(ExtractOciTest, PlatformOfTheHostIsTaken) {
  const auto extracted =
      Extract(OciArchive(OneLayer(), [](json& index, ArchiveMembers& blobs) {
        json& images = index["manifests"];
#if defined(__aarch64__)
        const char* host = "arm64";
#else
        const char* host = "amd64";
#endif
        images[0]["platform"] = {{"os", "linux"}, {"architecture", host}};
        images.insert(images.begin(), images[0]);
        images[0]["platform"]["architecture"] = "s390x";
        images[0]["digest"] = DigestOf("not in the archive");
        Nest(index, blobs);
      }));
  ASSERT_TRUE(extracted.ok()) << extracted.status();
}

TEST_F(ExtractOciTest, OtherPlatformsAreRefused) {
  const std::string archive =
      OciArchive(OneLayer(), [](json& index, ArchiveMembers&) {
        index["manifests"][0]["platform"] = {{"os", "linux"},
                                             {"architecture", "s390x"}};
      });
  ExpectError(Extract(archive).status(), ErrorCategory::kUnsupported,
              "linux/s390x");
}

TEST_F(ExtractOciTest, IndexesMayNotNestWithoutEnd) {
  const std::string archive =
      OciArchive(OneLayer(), [](json& index, ArchiveMembers& blobs) {
        for (int i = 0; i < 5; ++i) Nest(index, blobs);
      });
  ExpectError(Extract(archive).status(), ErrorCategory::kLimit, "nested");
}

TEST_F(ExtractOciTest, SeveralImagesNeedAReference) {
  const std::string archive = OciArchive(OneLayer(), [](json& index,
                                                        ArchiveMembers&) {
    json& images = index["manifests"];
    images.push_back(images[0]);
    images[1]["annotations"] = {{"org.opencontainers.image.ref.name", "other"}};
  });
  ExpectError(Extract(archive).status(), ErrorCategory::kManifest,
              "2 images (test-handler:latest, other)");
  ExtractOptions options;
  options.reference = "other";
  EXPECT_TRUE(Extract(archive, options).ok());
}

TEST_F(ExtractOciTest, BrokenIndexes) {
  const auto refuse = [&](ErrorCategory category, const json& manifests) {
    SCOPED_TRACE(manifests.dump());
    const std::string archive = OciArchive(
        OneLayer(),
        [&](json& index, ArchiveMembers&) { index["manifests"] = manifests; });
    ExpectError(Extract(archive).status(), category);
  };
  refuse(ErrorCategory::kManifest, nullptr);
  refuse(ErrorCategory::kManifest, json::array());
  refuse(ErrorCategory::kManifest, {{{"digest", "abc"}}});
  refuse(ErrorCategory::kManifest, {{{"digest", "sha256:../../x"}}});
  refuse(ErrorCategory::kUnsupported,
         {{{"digest", "sha512:" + std::string(128, 'a')}}});
  refuse(ErrorCategory::kManifest,
         {{{"digest", DigestOf("not in the archive")}}});
  refuse(ErrorCategory::kManifest,
         {{{"digest", DigestOf(OneLayer().layer(0))}}});
}

TEST_F(ExtractOciTest, LayersAreCompressedAsTheirMediaTypeSays) {
  const std::string docker = "application/vnd.docker.image.rootfs.diff.tar";
  const std::string oci = "application/vnd.oci.image.layer.v1.tar";
  const struct {
    std::string (*compress)(absl::string_view);
    std::vector<std::string> right;
  } kEncodings[] = {
      {nullptr, {oci, docker, ""}},
      {&Gzip, {oci + "+gzip", docker + ".gzip", ""}},
      {&Zstd, {oci + "+zstd", docker + ".zstd", ""}},
  };
  for (const auto& blob : kEncodings) {
    ImageBuilder image = OneLayer();
    image.SetCompressor(blob.compress);
    for (const auto& described : kEncodings) {
      for (const std::string& type : described.right) {
        SCOPED_TRACE(type);
        const auto extracted =
            Extract(OciArchive(image, {}, [&](json& manifest) {
              manifest["layers"][0]["mediaType"] = type;
            }));
        // skopeo says gzip also of layers that it leaves as they are.
        const bool skopeo =
            blob.compress == nullptr && described.compress == &Gzip;
        if (blob.compress == described.compress || type.empty() || skopeo) {
          EXPECT_TRUE(extracted.ok()) << extracted.status();
        } else {
          ExpectError(extracted.status(), ErrorCategory::kManifest,
                      "where its media type says");
        }
      }
    }
  }
}

TEST_F(ExtractOciTest, OtherMediaTypesAreRefused) {
  for (const char* type :
       {"application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", "tar"}) {
    ExpectError(Extract(OciArchive(OneLayer(), {},
                                   [&](json& manifest) {
                                     manifest["layers"][0]["mediaType"] = type;
                                   }))
                    .status(),
                ErrorCategory::kUnsupported, type);
  }
  const std::string archive =
      OciArchive(OneLayer(), [](json& index, ArchiveMembers&) {
        index["manifests"][0]["mediaType"] = "application/wasm\x1b[2J";
      });
  ExpectError(Extract(archive).status(), ErrorCategory::kUnsupported,
              "(\"application/wasm\\x1b[2J\")");
}

TEST_F(ExtractOciTest, SizesAreWhatTheDescriptorsSay) {
  const auto expect = [&](const std::string& archive, ErrorCategory category) {
    ExpectError(Extract(archive).status(), category, "bytes");
  };
  for (const json& size : {json(7), json(uint64_t{1} << 63)}) {
    expect(OciArchive(
               OneLayer(), {},
               [&](json& manifest) { manifest["layers"][0]["size"] = size; }),
           ErrorCategory::kDigest);
    expect(
        OciArchive(OneLayer(), {},
                   [&](json& manifest) { manifest["config"]["size"] = size; }),
        ErrorCategory::kDigest);
    expect(OciArchive(OneLayer(),
                      [&](json& index, ArchiveMembers&) {
                        index["manifests"][0]["size"] = size;
                      }),
           ErrorCategory::kDigest);
  }
  for (const json& size : {json(-1), json(1.5), json("7"), json::array()}) {
    expect(OciArchive(OneLayer(),
                      [&](json& index, ArchiveMembers&) {
                        index["manifests"][0]["size"] = size;
                      }),
           ErrorCategory::kManifest);
  }
}

TEST_F(ExtractOciTest, LinksMayNotBeNamedByADigestOfOtherBytes) {
  const std::string other = DigestOf("other");
  const std::string archive =
      OciArchive(OneLayer(), [&](json& index, ArchiveMembers& blobs) {
        const std::string real = index["manifests"][0]["digest"];
        blobs.push_back(
            SymlinkEntry("blobs/sha256/" + other.substr(7), real.substr(7)));
        index["manifests"][0]["digest"] = other;
      });
  ExpectError(Extract(archive).status(), ErrorCategory::kDigest,
              "holds other bytes than its name says");
}

}  // namespace
}  // namespace faas::image
