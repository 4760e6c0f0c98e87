// archive_seeds DIRECTORY writes the archives that archive_fuzz starts from.
// They are as the tools write them, and have what a mutation would not find:
// compression, links between blobs, layers that depend on each other.

#include <cstdint>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "common/fs/file.h"
#include "testing/compress.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::fuzz {
namespace {

using json = nlohmann::ordered_json;
using testing::ImageBuilder;
using testing::Layout;
using testing::TarWriter;

ImageBuilder ImageOf(const std::vector<std::string>& layers) {
  ImageBuilder image;
  for (const std::string& layer : layers) image.AddLayer(layer);
  testing::ImageSettings settings;
  settings.cmd = {"/bin/handler"};
  return image.SetSettings(settings).AddTag("test-handler:latest");
}

ImageBuilder SmallImage() {
  return ImageOf(
      {TarWriter().Dir("etc").File("etc/a", "1").Symlink("s", "etc").Finish(),
       TarWriter().File("s/b", "2").Whiteout("etc/.wh.a").Finish()});
}

// The upper layer links to a file of the lower one, brings directories that it
// does not list, and hides the rest.
ImageBuilder CopyUpImage() {
  return ImageOf({TarWriter()
                      .Dir("usr/")
                      .Dir("usr/bin")
                      .File("usr/bin/x", "x")
                      .Symlink("bin", "usr/bin")
                      .Finish(),
                  TarWriter()
                      .HardLink("y", "usr/bin/x")
                      .File("bin/z", "z")
                      .Whiteout(".wh..wh..opq")
                      .Finish()});
}

// The names are not digests, so that a mutation of a layer or of the
// configuration is not noticed by its name.
std::string UndigestedArchive(const ImageBuilder& image) {
  TarWriter tar;
  json names = json::array();
  for (size_t i = 0; i < image.layer_count(); ++i) {
    names.push_back(absl::StrCat(i, ".tar"));
    tar.File(names.back().get<std::string>(), image.layer(i));
  }
  tar.File("c.json", image.Config(Layout::kDocker25));
  tar.File("manifest.json",
           json({{{"Config", "c.json"}, {"Layers", names}}}).dump());
  return tar.Finish();
}

// The layer is longer than what layers are recognised by, and is compressed so
// little that it may be recognised.
ImageBuilder LongImage() {
  std::string noise;
  uint32_t seed = 1;
  while (noise.size() < 9000) {
    seed = seed * 1664525 + 1013904223;
    noise += static_cast<char>(seed >> 24);
  }
  return ImageOf({TarWriter()
                      .File("noise", noise)
                      .File("zeros", std::string(1100 << 10, '\0'))
                      .Finish()})
      .SetCompressor(&testing::Gzip);
}

std::string SparseArchive() {
  ImageBuilder image = ImageOf(
      {TarWriter()
           .Add({.path = "GNUSparseFile.0/sparse",
                 .data = "1\n512\n1\n" + std::string(505, '\0') + "x",
                 .pax = {{"GNU.sparse.major", "1"},
                         {"GNU.sparse.minor", "0"},
                         {"GNU.sparse.name", "sparse"},
                         {"GNU.sparse.realsize", "4096"}}})
           .Add({.path = "attributes",
                 .pax = {{"SCHILY.xattr.user.a", "b"}, {"mtime", "1.5"}}})
           .Finish()});
  return UndigestedArchive(image);
}

std::map<std::string, std::string> Seeds() {
  std::map<std::string, std::string> seeds;
  ImageBuilder image = SmallImage();
  seeds["docker20"] = image.Save(Layout::kDocker20);
  seeds["docker25"] = image.Save(Layout::kDocker25);
  seeds["oci"] = image.Save(Layout::kOci);
  seeds["undigested"] = UndigestedArchive(image);
  seeds["copy_up"] = UndigestedArchive(CopyUpImage());
  seeds["sparse"] = SparseArchive();
  seeds["long"] = LongImage().Save(Layout::kDocker20);
  seeds["gzip_whole"] = testing::Gzip(seeds["undigested"]);
  seeds["zstd_whole"] = testing::Zstd(seeds["undigested"]);
  image.SetCompressor(&testing::Gzip);
  seeds["gzip_layers"] = image.Save(Layout::kOci);
  image.SetCompressor(&testing::Zstd);
  seeds["zstd_layers"] = image.Save(Layout::kDocker25);
  image.SetCompressor(nullptr);
  image.SetLayer(1, image.layer(0));
  seeds["repeated_layer"] = image.Save(Layout::kDocker20);
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
