#include "tests/benchmark/deploy/sample_image.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/image_builder.h"
#include "testing/tar_writer.h"

namespace faas::benchmark {
namespace {

constexpr int kLayers = 4;
constexpr int kFilesInDirectory = 40;
constexpr absl::Duration kCompressTimeout = absl::Minutes(5);

// Content makes files of half text with few words and half noise, which
// compress as programs do.
class Content {
 public:
  explicit Content(uint32_t seed) : random_(seed) {
    for (std::string& word : words_) {
      for (uint32_t n = 3 + random_() % 9; n > 0; --n) {
        word += static_cast<char>('a' + random_() % 26);
      }
      word += ' ';
    }
  }

  std::string Make(size_t bytes) {
    std::string text;
    text.reserve(bytes + 64);
    while (text.size() < bytes) {
      if (random_() % 16 == 0) {
        for (int i = 0; i < 8; ++i) {
          const uint32_t noise = random_();
          text.append(reinterpret_cast<const char*>(&noise), sizeof(noise));
        }
      } else {
        text += words_[random_() % std::size(words_)];
      }
    }
    text.resize(bytes);
    return text;
  }

  // Returns a random size. Most files are small, and most bytes are in large
  // files.
  size_t Size(double mean) {
    std::lognormal_distribution<double> size(std::log(mean) - 1.4, 1.7);
    return static_cast<size_t>(std::min(size(random_), 400 * mean));
  }

 private:
  std::mt19937 random_;
  std::string words_[512];
};

std::string MakeLayer(int layer, const SampleImage& image) {
  Content content(image.seed * kLayers + layer);
  const int files = image.files / kLayers;
  const double mean = static_cast<double>(image.bytes) / image.files;
  std::vector<testing::TarEntry> entries;
  for (int i = 0; i < files; ++i) {
    const std::string directory =
        absl::StrCat("layer", layer, "/", i / kFilesInDirectory);
    if (i == 0) {
      entries.push_back(testing::DirectoryEntry(absl::StrCat("layer", layer)));
    }
    if (i % kFilesInDirectory == 0) {
      entries.push_back(testing::DirectoryEntry(directory));
    }
    const std::string path = absl::StrCat(directory, "/file", i);
    entries.push_back(i % 20 == 19 ? testing::SymlinkEntry(path, "file0")
                                   : testing::FileEntry(
                                         path, content.Make(content.Size(mean)),
                                         i % 10 == 0 ? 0755 : 0644));
  }
  return testing::MakeTar(entries);
}

}  // namespace

const char* NameOf(Compression compression) {
  switch (compression) {
    case Compression::kPlain:
      return "plain";
    case Compression::kGzip:
      return "gzip";
    case Compression::kZstd:
      return "zstd";
  }
  return "";
}

absl::Status WritePlainArchive(const SampleImage& image,
                               const std::string& path) {
  testing::ImageBuilder builder;
  for (int i = 0; i < kLayers; ++i) builder.AddLayer(MakeLayer(i, image));
  testing::ImageSettings settings;
  settings.cmd = {"/none"};
  builder.SetSettings(settings).AddTag("sample:latest");
  return fs::WriteFileDurably(path, builder.Save(testing::Layout::kDocker20),
                              0600);
}

absl::Status Compress(const std::string& plain_archive, Compression compression,
                      const std::string& path) {
  const testing::CommandResult result = testing::RunCommand(
      {"skopeo", "--insecure-policy", "copy", "-q", "--dest-compress",
       absl::StrCat("--dest-compress-format=", NameOf(compression)),
       absl::StrCat("docker-archive:", plain_archive),
       absl::StrCat("oci-archive:", path, ":sample")},
      "", {.timeout = kCompressTimeout});
  if (result.exit_code == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("skopeo: ", result.err));
}

}  // namespace faas::benchmark
