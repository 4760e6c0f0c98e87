// Bombs of entries and of bytes that, with the default limits, would take as
// long as an honest image of that size.

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/security/archives.h"
#include "tests/security/compression.h"
#include "tests/security/hostile_case.h"
#include "tests/security/raw_tar.h"

namespace faas::testing {
namespace {

constexpr char kLimit[] = "LIMIT";

// Returns hard links, each of which is remembered until the layers below are
// known.
std::string ManyLowerHardLinks() {
  std::vector<TarEntry> entries;
  for (int i = 0; i < 11'000; ++i) {
    entries.push_back(HardLinkEntry(absl::StrCat("l", i), "victim"));
  }
  return HostileLayer(entries);
}

// Returns directories that no layer lists, so that each takes those of the
// layers below.
std::string DeepLayersUponEachOther() {
  std::string deep;
  for (int i = 0; i < 250; ++i) deep += "d/";
  std::vector<std::vector<TarEntry>> layers;
  for (int i = 0; i < 100; ++i) {
    layers.push_back({FileEntry(absl::StrCat(deep, "f", i), "")});
  }
  return HostileLayers(layers);
}

// Returns a name that differs so much from the one before it that the names are
// not taken for a bomb of compression.
std::string ScatteredName(absl::string_view prefix, int64_t i) {
  constexpr uint32_t kGoldenRatio = 2654435769;
  return absl::StrFormat("%s%08x%08x", prefix, i,
                         static_cast<uint32_t>(i) * kGoldenRatio);
}

// Writes a layer of ten million empty files, compressed as it is sent. The
// archive is compressed rather than the layer, since the layer's size must be
// known before.
void TenMillionEntries(absl::string_view prefix, const ByteSink& sink) {
  constexpr int64_t kEntries = 10'000'000;
  GzipStream gzip(sink);
  if (!gzip.Write(GoodMembersAnd("")) ||
      !gzip.Write(SizedHeader("layer.tar", (kEntries + 2) * kTarBlock))) {
    return;
  }
  for (int64_t i = 0; i < kEntries; ++i) {
    if (!gzip.Write(TarHeader(FileEntry(ScatteredName(prefix, i), "")))) {
      return;
    }
  }
  if (gzip.Write(EndMark()) && gzip.Write(EndMark())) gzip.Finish();
}

// Writes well-formed archives of bytes that do not compress, without end.
void EndlessData(const ByteSink& sink) {
  const std::string piece = RandomBytes(1 << 20);
  bool wanted = sink(GoodMembersAnd(SizedHeader("note", int64_t{1} << 42)));
  while (wanted) wanted = sink(piece);
}

// Returns a layer of `mebibytes` that do not compress.
std::string LargeLayer(int mebibytes, int seed) {
  std::string data = RandomBytes(1 << 20);
  std::vector<TarEntry> entries;
  for (int i = 0; i < mebibytes; ++i) {
    entries.push_back(FileEntry(absl::StrCat("f", seed, "-", i), data));
  }
  return MakeTar(entries);
}

}  // namespace

std::vector<HostileCase> EntryBombs() {
  // The names are those of AUFS's bookkeeping, which nobody keeps, so that they
  // take no disk.
  return {{.name = "TenMillionEntries",
           .category = kLimit,
           .says = "max_image_entries",
           .stream = [](const ByteSink& sink) {
             TenMillionEntries(".wh..wh.", sink);
           }}};
}

std::vector<HostileCase> LargeBombs() {
  return {
      {.name = "TenMillionFiles",
       .category = kLimit,
       .says = "max_image_entries",
       .stream = [](const ByteSink& sink) { TenMillionEntries("f", sink); }},
      {.name = "ManyHardLinksToLowerLayers",
       .category = kLimit,
       .archive = ManyLowerHardLinks,
       .says = "max_lower_references"},
      {.name = "DeepLayersUponEachOther",
       .category = kLimit,
       .archive = DeepLayersUponEachOther,
       .says = "max_lower_lookups"},
      {.name = "ArchiveWithoutEnd",
       .category = kLimit,
       .says = "max_archive_bytes",
       .stream = EndlessData},
      {.name = "LayerOfManyBytes",
       .category = kLimit,
       .archive = [] { return HostileImage({LargeLayer(40, 0)}); },
       .says = "max_layer_bytes"},
      {.name = "ImageOfManyBytes",
       .category = kLimit,
       .archive =
           [] {
             return HostileImage({LargeLayer(25, 0), LargeLayer(25, 1)});
           },
       .says = "max_image_bytes"},
  };
}

std::vector<std::string> LargeBombFlags() {
  return {"--max_image_entries=50000",    "--max_archive_bytes=134217728",
          "--max_layer_bytes=33554432",   "--max_image_bytes=50331648",
          "--max_lower_references=10000", "--max_lower_lookups=500000"};
}

}  // namespace faas::testing
