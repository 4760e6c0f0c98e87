// Archives that are small and become large, or that have no end.

#include <cstdint>
#include <limits>

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/compression.h"
#include "tests/security/hostile_case.h"
#include "tests/security/raw_tar.h"

namespace faas::testing {
namespace {

constexpr char kLimit[] = "LIMIT";
constexpr int kBombGibibytes = 12;
constexpr int64_t kMostBytes = std::numeric_limits<int64_t>::max();

// Returns a layer of one huge file of zeros, as `docker save` of containerd has
// it.
std::string LayerOfZeros(Compression compression) {
  return GoodMembersAnd([&] {
    const std::string blob = absl::StrCat(
        Compress(compression,
                 SizedHeader("zeros", int64_t{kBombGibibytes} << 30)),
        CompressedZeros(compression, kBombGibibytes));
    return TarWriter().Add(BlobEntry(blob)).Finish();
  }());
}

std::string ArchiveOfZeros(Compression compression) {
  return absl::StrCat(
      Compress(compression,
               SizedHeader("zeros.tar", int64_t{kBombGibibytes} << 30)),
      CompressedZeros(compression, kBombGibibytes));
}

std::string GnuSparse() {
  return HostileRawLayer(GnuSparseEntry("sparse", "data", 0, kMostBytes));
}

// Returns an entry with a map of pieces and then the pieces, as version 1.0 of
// pax has it.
TarEntry PaxSparse(absl::string_view path, const std::string& map,
                   const std::string& size) {
  TarEntry entry = FileEntry(path, PaddedToBlock(map) + "data");
  entry.pax = {{"GNU.sparse.major", "1"},
               {"GNU.sparse.minor", "0"},
               {"GNU.sparse.name", std::string(path)},
               {"GNU.sparse.realsize", size}};
  return entry;
}

std::string PaxSparseOfExbibytes() {
  return HostileLayer(
      {PaxSparse("sparse", "1\n0\n4\n", "9223372036854775807")});
}

std::string ManySparseFiles() {
  std::vector<TarEntry> entries;
  for (int i = 0; i < 100; ++i) {
    entries.push_back(
        PaxSparse(absl::StrCat("sparse", i), "1\n0\n4\n", "1000000000"));
  }
  return HostileLayer(entries);
}

// Each piece of a sparse file's map takes a few bytes in the archive, and many
// more in memory.
std::string SparseMap(int pieces) {
  std::string map = absl::StrCat(pieces, "\n");
  for (int i = 0; i < pieces; ++i) map += "0\n0\n";
  return HostileLayer({PaxSparse("sparse", map, "4")});
}

// Returns such a map in GNU's oldest form, whose map goes on in blocks of its
// own.
std::string GnuSparseMap(int blocks) {
  std::string raw = GnuSparseEntry("sparse", "", 0, 4);
  constexpr size_t kMoreField = 482;
  raw[kMoreField] = 1;
  SetTarChecksum(&raw);
  std::string block;
  for (int i = 0; i < 21; ++i) block += Base256(0) + Base256(0);
  block += '\x01';
  block.resize(kTarBlock);
  for (int i = 0; i < blocks; ++i) raw += block;
  return HostileRawLayer(raw);
}

// Returns a frame whose header asks for a window of 2 GiB.
std::string ZstdWindow() {
  return absl::StrCat(absl::string_view("\x28\xb5\x2f\xfd\x00\xa8\x01\0\0", 9),
                      std::string(600, '\0'));
}

std::string ManyBlobs() {
  ArchiveMembers members = GoodMembers();
  for (int i = 0; i < 5000; ++i) {
    members.push_back(FileEntry(absl::StrCat(i, ".json"), "{}"));
  }
  return MakeTar(members);
}

// Short names lead a long way, each in another direction.
std::string LongWays() {
  std::vector<TarEntry> entries = {DirectoryEntry("d")};
  std::string way;
  for (int i = 0; i < 120; ++i) way += "d/../";
  for (int i = 0; i < 39; ++i) {
    const std::string next = i < 38 ? absl::StrCat("s", i + 1) : "d";
    entries.push_back(SymlinkEntry(absl::StrCat("s", i), way + next));
  }
  for (int i = 0; i < 2'000; ++i) {
    entries.push_back(FileEntry(absl::StrCat("s0/f", i), ""));
    entries.push_back(FileEntry(absl::StrCat("f", i), ""));
  }
  return HostileLayer(entries);
}

std::string ManyLayers() {
  return WithChangedManifest([](Json& manifest) {
    const Json layer = manifest[0]["Layers"][0];
    for (int i = 0; i < 10'000; ++i) manifest[0]["Layers"].push_back(layer);
  });
}

std::string DeepPath() {
  std::string path;
  for (int i = 0; i < 300; ++i) path += "d/";
  return HostileLayer({DirectoryEntry(path)});
}

std::string DeepPathOfSteps() {
  std::vector<TarEntry> entries;
  std::string path;
  for (int i = 0; i < 200; ++i) path += "d/";
  entries.push_back(DirectoryEntry(path));
  entries.push_back(SymlinkEntry("s", path));
  entries.push_back(DirectoryEntry("s/" + path));
  return HostileLayer(entries);
}

// This is more than ext4 allows.
std::string ManyHardLinks() {
  std::vector<TarEntry> entries = {FileEntry("f", "")};
  for (int i = 0; i < 66'000; ++i) {
    entries.push_back(HardLinkEntry(absl::StrCat("l", i), "f"));
  }
  return HostileLayer(entries);
}

}  // namespace

std::vector<HostileCase> Bombs() {
  const auto zeros = [](Compression compression) {
    return [compression] { return LayerOfZeros(compression); };
  };
  const auto zero_archive = [](Compression compression) {
    return [compression] { return ArchiveOfZeros(compression); };
  };
  return {
      {.name = "GzipLayerOfZeros",
       .category = kLimit,
       .archive = zeros(Compression::kGzip),
       .says = "max_compression_ratio"},
      {.name = "ZstdLayerOfZeros",
       .category = kLimit,
       .archive = zeros(Compression::kZstd),
       .says = "max_compression_ratio",
       .also_new = true},
      {.name = "GzipArchiveOfZeros",
       .category = kLimit,
       .archive = zero_archive(Compression::kGzip),
       .says = "max_compression_ratio"},
      {.name = "ZstdArchiveOfZeros",
       .category = kLimit,
       .archive = zero_archive(Compression::kZstd),
       .says = "max_compression_ratio"},
      {.name = "ZstdWindowOfGibibytes",
       .category = kLimit,
       .archive = ZstdWindow,
       .says = "window"},
      {.name = "GnuSparseFileOfExbibytes",
       .category = kLimit,
       .archive = GnuSparse,
       .says = "max_layer_bytes"},
      {.name = "PaxSparseFileOfExbibytes",
       .category = kLimit,
       .archive = PaxSparseOfExbibytes,
       .says = "max_layer_bytes"},
      {.name = "ManySparseFiles",
       .category = kLimit,
       .archive = ManySparseFiles,
       .says = "max_layer_bytes"},
      {.name = "SparseMapOfMillions",
       .category = kLimit,
       .archive = [] { return SparseMap(4'000'000); }},
      {.name = "GnuSparseMapOfMillions",
       .category = kLimit,
       .archive = [] { return GnuSparseMap(20'000); }},
      {.name = "ManyBlobs",
       .category = kLimit,
       .archive = ManyBlobs,
       .says = "max_archive_blobs"},
      {.name = "TenThousandLayers",
       .category = kLimit,
       .archive = ManyLayers,
       .says = "max_layers"},
      {.name = "DeepPath",
       .category = kLimit,
       .archive = DeepPath,
       .says = "max_path_depth"},
      {.name = "DeepPathInSteps",
       .category = kLimit,
       .archive = DeepPathOfSteps,
       .says = "max_path_depth"},
      {.name = "SymlinksThatLeadALongWay",
       .category = kLimit,
       .archive = LongWays,
       .says = "on average"},
      {.name = "ManyHardLinks",
       .category = kLimit,
       .archive = ManyHardLinks,
       .says = "hard links"},
  };
}

}  // namespace faas::testing
