#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "image/extract.h"
#include "image/inspect.h"
#include "image/testing/extract_test_base.h"
#include "testing/compress.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::image {
namespace {

using json = nlohmann::ordered_json;
using faas::testing::DigestOf;
using faas::testing::Gzip;
using faas::testing::ImageBuilder;
using faas::testing::Layout;
using faas::testing::TarWriter;
using faas::testing::Zstd;
using testing::ExpectError;
using testing::ImageOf;

class ExtractBadInputTest : public testing::ExtractTestBase {
 protected:
  // Expects that extraction and inspection fail in the same way.
  void Refuse(const std::string& archive, ErrorCategory category,
              const std::string& text = "",
              const ExtractOptions& options = {}) {
    ExpectError(Extract(archive, options).status(), category, text);
    StringSource source(archive);
    ExpectError(InspectImage(source, options.limits).status(), category, text);
  }
};

ImageBuilder SmallImage() {
  return ImageOf({TarWriter().Dir("etc").File("etc/a", "1").Finish(),
                  TarWriter().Symlink("s", "etc").File("c", "3").Finish()});
}

// Returns bytes that do not compress.
std::string Noise() {
  std::string noise(10'000, '\0');
  uint32_t seed = 1;
  for (char& c : noise) {
    seed = seed * 1664525 + 1013904223;
    c = static_cast<char>(seed >> 24);
  }
  return noise;
}

TEST_F(ExtractBadInputTest, EmptyStream) {
  Refuse("", ErrorCategory::kTruncated,
         "Invalid Docker image: the archive is empty (0 bytes)");
}

TEST_F(ExtractBadInputTest, DockerExport) {
  const std::string text =
      "Invalid Docker image: manifest.json not found (send what `docker save` "
      "writes, not `docker export`)";
  Refuse(TarWriter().File(".dockerenv", "").Dir("etc").Finish(),
         ErrorCategory::kManifest, text);
  Refuse(TarWriter().Dir("etc").File("etc/x.tar", "y").Finish(),
         ErrorCategory::kManifest, text);
  Refuse(std::string(1024, '\0'), ErrorCategory::kManifest, text);
}

TEST_F(ExtractBadInputTest, NoTar) {
  const std::string random = Noise();
  const std::string tar = SmallImage().Save(Layout::kDocker20);
  Refuse(random, ErrorCategory::kMalformed, "is not a tar archive");
  Refuse("PK\x03\x04" + random, ErrorCategory::kMalformed);
  Refuse("7z\xbc\xaf\x27\x1c" + random, ErrorCategory::kMalformed);
  Refuse("070701" + random, ErrorCategory::kMalformed);
  Refuse("{\"a\": 1}" + random, ErrorCategory::kMalformed);
  Refuse("short", ErrorCategory::kTruncated);
  Refuse(Gzip(Gzip(tar)), ErrorCategory::kMalformed);
  Refuse(Gzip(random), ErrorCategory::kMalformed);
}

TEST_F(ExtractBadInputTest, CutAnywhere) {
  for (const std::string& archive : {SmallImage().Save(Layout::kDocker20),
                                     SmallImage().Save(Layout::kDocker25)}) {
    for (size_t size = 512; size + 1024 < archive.size(); size += 512) {
      SCOPED_TRACE(size);
      Refuse(archive.substr(0, size), ErrorCategory::kTruncated);
      Refuse(archive.substr(0, size + 100), ErrorCategory::kTruncated);
    }
  }
}

TEST_F(ExtractBadInputTest, CutWhenCompressed) {
  ImageBuilder image = SmallImage();
  const std::string archive = image.Save(Layout::kDocker25);
  for (const std::string& packed : {Gzip(archive), Zstd(archive)}) {
    for (size_t size = 5; size < packed.size(); size += 13) {
      SCOPED_TRACE(size);
      Refuse(packed.substr(0, size), ErrorCategory::kTruncated);
    }
  }
  image.SetCompressor([](absl::string_view bytes) {
    const std::string packed = Gzip(bytes);
    return packed.substr(0, packed.size() - 4);
  });
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kTruncated, "gzip");
}

TEST_F(ExtractBadInputTest, DamagedCompression) {
  ImageBuilder image = SmallImage();
  image.SetCompressor([](absl::string_view bytes) {
    std::string packed = Gzip(bytes);
    packed[packed.size() - 8] ^= 1;  // its CRC
    return packed;
  });
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kMalformed, "gzip");
  image.SetCompressor(
      [](absl::string_view bytes) { return Gzip(bytes) + "garbage"; });
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kMalformed, "gzip");
  image.SetLayer(0, TarWriter().File("noise", Noise()).Finish());
  image.SetCompressor(
      [](absl::string_view bytes) { return Gzip(Gzip(bytes)); });
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kMalformed, "not a tar");
}

TEST_F(ExtractBadInputTest, TrailingGarbage) {
  const std::string archive = SmallImage().Save(Layout::kDocker20);
  Refuse(archive + std::string(512, 'x'), ErrorCategory::kMalformed,
         "followed by other data");
  EXPECT_TRUE(Extract(archive + std::string(700'000, '\0')).ok());
}

TEST_F(ExtractBadInputTest, BytesThatAreNotWhatTheirDigestSays) {
  ImageBuilder image = SmallImage();
  const auto set_diff_ids = [&image](std::vector<std::string> diff_ids) {
    image.ChangeConfig(
        [diff_ids](json& config) { config["rootfs"]["diff_ids"] = diff_ids; });
  };
  set_diff_ids({DigestOf("x"), DigestOf("y")});
  Refuse(image.Save(Layout::kDocker20), ErrorCategory::kDigest,
         "where the configuration says");
  set_diff_ids({DigestOf(image.layer(0))});
  Refuse(image.Save(Layout::kDocker20), ErrorCategory::kManifest, "2 layers");

  std::string archive = SmallImage().Save(Layout::kDocker25);
  archive[archive.find("etc/a") + 512] = '2';
  Refuse(archive, ErrorCategory::kDigest, "blobs/sha256/");
}

TEST_F(ExtractBadInputTest, Configurations) {
  const auto refuse = [&](const json& settings, ErrorCategory category,
                          const std::string& text) {
    ImageBuilder image = SmallImage();
    image.ChangeConfig([&](json& config) { config["config"] = settings; });
    Refuse(image.Save(Layout::kDocker25), category, text);
  };
  const std::string no_command =
      "Invalid Docker image: no command: set ENTRYPOINT or CMD in the "
      "Dockerfile";
  refuse(json::object(), ErrorCategory::kConfig, no_command);
  refuse(nullptr, ErrorCategory::kConfig, no_command);
  refuse({{"Cmd", json::array()}}, ErrorCategory::kConfig, no_command);
  refuse({{"Cmd", 1}}, ErrorCategory::kConfig, "\"Cmd\"");
  refuse({{"Cmd", {1}}}, ErrorCategory::kConfig, "\"Cmd\"");
  refuse({{"Cmd", {std::string("a\0b", 3)}}}, ErrorCategory::kConfig, "NUL");
  refuse({{"Cmd", {"a"}}, {"Labels", {{"a", 1}}}}, ErrorCategory::kConfig,
         "label");
  refuse({{"Cmd", {"a"}}, {"User", {"a"}}}, ErrorCategory::kConfig, "User");
  ImageBuilder image = SmallImage();
  image.ChangeConfig([](json& config) { config["os"] = "windows"; });
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kUnsupported, "windows");
}

TEST_F(ExtractBadInputTest, Manifests) {
  const auto refuse = [&](const std::string& manifest, ErrorCategory category,
                          const std::string& text = "") {
    SCOPED_TRACE(manifest.substr(0, 60));
    Refuse(TarWriter()
               .File("c.json", R"({"config":{"Cmd":["x"]}})")
               .File("notes.tar", "no tar at all")
               .Symlink("out.tar", "../../etc/passwd")
               .Symlink("loop.tar", "loop2.tar")
               .Symlink("loop2.tar", "loop.tar")
               .File("manifest.json", manifest)
               .Finish(),
           category, text);
  };
  refuse("", ErrorCategory::kManifest, "not JSON");
  refuse("null", ErrorCategory::kManifest);
  refuse("[]", ErrorCategory::kManifest);
  refuse("{}", ErrorCategory::kManifest);
  refuse("[null]", ErrorCategory::kManifest);
  refuse("[1]", ErrorCategory::kManifest);
  refuse("not json", ErrorCategory::kManifest);
  refuse("[{\"Config\":\"\xff\"}]", ErrorCategory::kManifest);
  refuse(std::string(10'000, '['), ErrorCategory::kLimit, "nested");
  refuse("[" + std::string(300'000, ',') + "]", ErrorCategory::kLimit);
  refuse("[\"" + std::string(5 << 20, 'x') + "\"]", ErrorCategory::kLimit,
         "JSON");
  const auto with_layer = [](const std::string& layer) {
    return absl::StrCat(R"([{"Config":"c.json","Layers":[")", layer, "\"]}]");
  };
  refuse(R"([{"Layers":[]}])", ErrorCategory::kManifest, "Config");
  refuse(R"([{"Config":"none.json"}])", ErrorCategory::kManifest, "none.json");
  refuse(R"([{"Config":"../c.json"}])", ErrorCategory::kUnsafePath);
  refuse(with_layer("a.tar"), ErrorCategory::kManifest, "1 layers");
  std::string many = "\"a\"";
  for (int i = 0; i < 127; ++i) many += ",\"a\"";
  refuse(absl::StrCat(R"([{"Config":"c.json","Layers":[)", many, "]}]"),
         ErrorCategory::kLimit, "128 layers");
}

TEST_F(ExtractBadInputTest, BlobsThatAreNoLayers) {
  const ImageBuilder image = SmallImage();
  const auto refuse = [&](const std::string& layer, ErrorCategory category) {
    SCOPED_TRACE(layer);
    const ImageBuilder one = ImageOf({image.layer(0)});
    Refuse(TarWriter()
               .File("c.json", one.Config(Layout::kDocker25))
               .File("notes.tar", std::string(600, 'x'))
               .Symlink("out.tar", "../../etc/passwd")
               .Symlink("loop.tar", "loop2.tar")
               .Symlink("loop2.tar", "loop.tar")
               .File("blobs/sha512/" + std::string(128, 'a'), one.layer(0))
               .File("device.tar",
                     TarWriter().Add({.path = "d", .type = '3'}).Finish())
               .File("manifest.json",
                     absl::StrCat(R"([{"Config":"c.json","Layers":[")", layer,
                                  "\"]}]"))
               .Finish(),
           category);
  };
  refuse("none.tar", ErrorCategory::kManifest);
  refuse("c.json", ErrorCategory::kManifest);
  refuse("../notes.tar", ErrorCategory::kUnsafePath);
  refuse("notes.tar", ErrorCategory::kMalformed);
  refuse("out.tar", ErrorCategory::kUnsafeLink);
  refuse("loop.tar", ErrorCategory::kUnsafeLink);
  refuse("device.tar", ErrorCategory::kUnsupported);
  refuse("blobs/sha512/" + std::string(128, 'a'), ErrorCategory::kUnsupported);
}

TEST_F(ExtractBadInputTest, EntriesAreNamedWithTheirPlace) {
  ImageBuilder image = SmallImage();
  image.SetLayer(0, TarWriter()
                        .File("a", std::string(600, 'x'))
                        .Add({.path = "../b", .type = '0'})
                        .Finish());
  Refuse(image.Save(Layout::kDocker20), ErrorCategory::kUnsafePath,
         "at byte 1536: \"../b\"");
  image.SetLayer(0, TarWriter()
                        .File("a", "x")
                        .Add({.path = "b", .type = '1', .target = "c/d"})
                        .Add({.path = "c", .type = '1', .target = "c"})
                        .Finish());
  Refuse(image.Save(Layout::kDocker20), ErrorCategory::kUnsafeLink,
         "at byte 1536: \"c\" is a hard link to itself");
}

TEST_F(ExtractBadInputTest, Limits) {
  ExtractOptions options;
  options.limits.archive_bytes = 2000;
  const std::string archive = SmallImage().Save(Layout::kDocker20);
  Refuse(archive, ErrorCategory::kLimit, "larger than 2000 bytes", options);
  options.limits = {};
  options.limits.image_bytes = 3000;
  Refuse(archive, ErrorCategory::kLimit, "more than 3000 bytes", options);
  options.limits = {};
  options.limits.entries = 5;
  Refuse(archive, ErrorCategory::kLimit, "more than 5", options);
  options.limits = {};
  options.limits.blobs = 3;
  Refuse(archive, ErrorCategory::kLimit, "more than 3 layers", options);
}

// Layers that no image names, and that end in garbage, are on the disk all the
// same until the archive has been read.
TEST_F(ExtractBadInputTest, BrokenLayersCountAsWell) {
  ExtractOptions options;
  options.limits.image_bytes = 1 << 20;
  const std::string broken = Gzip(TarWriter()
                                      .File("zeros", std::string(300 << 10, 0))
                                      .Raw(std::string(512, 'x'))
                                      .Finish());
  TarWriter tar;
  for (int i = 0; i < 3; ++i) tar.File(absl::StrCat(i, ".tar"), broken);
  const std::string image = SmallImage().Save(Layout::kDocker20);
  EXPECT_TRUE(
      Extract(TarWriter(tar).Raw(image).bytes() + std::string(1024, 0), options)
          .ok());
  tar.File("3.tar", broken);
  Refuse(TarWriter(tar).Raw(image).bytes(), ErrorCategory::kLimit,
         "its layers unpack to more than 1048576 bytes", options);
}

TEST_F(ExtractBadInputTest, SparseFilesOfAllLayersCountTogether) {
  std::string map = "1\n0\n4\n";
  map.resize(512, '\0');
  ImageBuilder image = ImageOf({});
  for (const char* name : {"a", "b", "c"}) {
    image.AddLayer(TarWriter()
                       .Add({.path = name,
                             .data = map + "data",
                             .pax = {{"GNU.sparse.major", "1"},
                                     {"GNU.sparse.minor", "0"},
                                     {"GNU.sparse.name", name},
                                     {"GNU.sparse.realsize", "400000"}}})
                       .Finish());
  }
  ExtractOptions options;
  EXPECT_TRUE(Extract(image.Save(Layout::kDocker25), options).ok());
  options.limits.image_bytes = 1'000'000;
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kLimit,
         "its layers unpack to more than 1000000 bytes", options);
}

TEST_F(ExtractBadInputTest, Bombs) {
  ExtractOptions options;
  options.limits.layer_bytes = 1 << 20;
  for (auto* compress : {&Gzip, &Zstd}) {
    ImageBuilder image = SmallImage();
    image.SetCompressor(compress);
    image.SetLayer(
        0, TarWriter().File("zeros", std::string(50 << 20, 0)).Finish());
    Refuse(image.Save(Layout::kDocker25), ErrorCategory::kLimit, "1048576",
           options);
  }
  // The layer is below the limit of bytes, but not of the ratio.
  options.limits = {};
  options.limits.compression_free_bytes = 1 << 20;
  for (auto* compress : {&Gzip, &Zstd}) {
    ImageBuilder image = SmallImage();
    image.SetCompressor(compress);
    image.SetLayer(
        0, TarWriter().File("zeros", std::string(50 << 20, 0)).Finish());
    Refuse(image.Save(Layout::kDocker25), ErrorCategory::kLimit,
           "max_compression_ratio", options);
  }
  // A zstd frame asks for a window of 2 GiB.
  ImageBuilder image = SmallImage();
  image.SetCompressor([](absl::string_view) {
    return std::string("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9) +
           std::string(600, '\0');
  });
  Refuse(image.Save(Layout::kDocker25), ErrorCategory::kLimit, "window");
}

// A BrokenSource is a source whose sender goes away.
class BrokenSource : public ByteSource {
 public:
  explicit BrokenSource(std::string head) : head_(std::move(head)) {}
  absl::StatusOr<absl::string_view> Next() override {
    if (calls_++ == 0) return head_;
    return absl::CancelledError("the client is gone");
  }

 private:
  const std::string head_;
  int calls_ = 0;
};

TEST_F(ExtractBadInputTest, ErrorOfTheSourceIsPassedOn) {
  const std::string archive = SmallImage().Save(Layout::kDocker20);
  for (const size_t size :
       {size_t{1}, size_t{700}, archive.size() / 2, archive.size()}) {
    BrokenSource source(archive.substr(0, size));
    EXPECT_EQ(InspectImage(source, {}).status(),
              absl::CancelledError("the client is gone"));
  }
}

}  // namespace
}  // namespace faas::image
