// archive_seeds DIRECTORY writes the archives that archive_fuzz starts from.
// They are as the tools write them, and have what a mutation would not find:
// compression, links between blobs, layers that depend on each other.

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/fs/file.h"
#include "image/testing/image_builder.h"
#include "image/testing/tar_builder.h"

namespace faas::fuzz {
namespace {

using image::testing::DigestOf;
using image::testing::TarBuilder;
using image::testing::TestImage;
using nlohmann::json;

TestImage SmallImage() {
  TestImage image;
  image.layers = {
      TarBuilder().Dir("etc").File("etc/a", "1").Symlink("s", "etc").Finish(),
      TarBuilder().File("s/b", "2").Whiteout("etc/.wh.a").Finish()};
  return image;
}

// The upper layer links to a file of the lower one, brings directories that it
// does not list, and hides the rest.
TestImage CopyUpImage() {
  TestImage image;
  image.layers = {TarBuilder()
                      .Dir("usr/")
                      .Dir("usr/bin")
                      .File("usr/bin/x", "x")
                      .Symlink("bin", "usr/bin")
                      .Finish(),
                  TarBuilder()
                      .HardLink("y", "usr/bin/x")
                      .File("bin/z", "z")
                      .Whiteout(".wh..wh..opq")
                      .Finish()};
  return image;
}

// The names are not digests, so that a mutation of a layer or of the
// configuration is not noticed by its name.
std::string UndigestedArchive(const TestImage& image) {
  TarBuilder tar;
  json names = json::array();
  for (const std::string& layer : image.layers) {
    names.push_back(absl::StrCat(names.size(), ".tar"));
    tar.File(names.back().get<std::string>(), layer);
  }
  tar.File("c.json", ConfigDocument(image));
  tar.File("manifest.json",
           json({{{"Config", "c.json"}, {"Layers", names}}}).dump());
  return tar.Finish();
}

// The layer is longer than what layers are recognised by, and is compressed so
// little that it may be recognised.
TestImage LongImage() {
  std::string noise;
  uint32_t seed = 1;
  while (noise.size() < 9000) {
    seed = seed * 1664525 + 1013904223;
    noise += static_cast<char>(seed >> 24);
  }
  TestImage image;
  image.layers = {TarBuilder()
                      .File("noise", noise)
                      .File("zeros", std::string(1100 << 10, '\0'))
                      .Finish()};
  image.compress = &image::testing::Gzip;
  return image;
}

std::string SparseArchive() {
  TestImage image;
  image.layers = {
      TarBuilder()
          .Add({.name = "GNUSparseFile.0/sparse",
                .content = "1\n512\n1\n" + std::string(505, '\0') + "x",
                .pax = {{"GNU.sparse.major", "1"},
                        {"GNU.sparse.minor", "0"},
                        {"GNU.sparse.name", "sparse"},
                        {"GNU.sparse.realsize", "4096"}}})
          .Add({.name = "attributes",
                .pax = {{"SCHILY.xattr.user.a", "b"}, {"mtime", "1.5"}}})
          .Finish()};
  return UndigestedArchive(image);
}

std::map<std::string, std::string> Seeds() {
  std::map<std::string, std::string> seeds;
  TestImage image = SmallImage();
  seeds["docker20"] = Docker20Archive(image);
  seeds["docker25"] = Docker25Archive(image);
  seeds["oci"] = OciArchive(image);
  seeds["undigested"] = UndigestedArchive(image);
  seeds["copy_up"] = UndigestedArchive(CopyUpImage());
  seeds["sparse"] = SparseArchive();
  seeds["long"] = Docker20Archive(LongImage());
  seeds["gzip_whole"] = image::testing::Gzip(seeds["undigested"]);
  seeds["zstd_whole"] = image::testing::Zstd(seeds["undigested"]);
  image.compress = &image::testing::Gzip;
  seeds["gzip_layers"] = OciArchive(image);
  image.compress = &image::testing::Zstd;
  seeds["zstd_layers"] = Docker25Archive(image);
  image.compress = nullptr;
  image.layers[1] = image.layers[0];
  seeds["repeated_layer"] = Docker20Archive(image);
  return seeds;
}

}  // namespace
}  // namespace faas::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: archive_seeds DIRECTORY\n");
    return 2;
  }
  for (const auto& [name, bytes] : faas::fuzz::Seeds()) {
    const absl::Status written = faas::fs::WriteFileDurably(
        absl::StrCat(argv[1], "/", name), bytes, 0644);
    if (!written.ok()) {
      fprintf(stderr, "%s\n", written.ToString().c_str());
      return 1;
    }
  }
  return 0;
}
