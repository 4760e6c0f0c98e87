// Broken gzip and zstd, of the archive as a whole and of a layer.

#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/compression.h"
#include "tests/security/hostile_case.h"

namespace faas::testing {
namespace {

constexpr char kTruncated[] = "TRUNCATED";
constexpr char kMalformed[] = "MALFORMED";

// Returns compressed bytes that have been damaged.
using Damage = std::function<std::string(std::string)>;

std::string CutInTheMiddle(std::string packed) {
  packed.resize(packed.size() / 2);
  return packed;
}

std::string CutBeforeItsEnd(std::string packed) {
  packed.resize(packed.size() - 3);
  return packed;
}

std::string Flatten(std::string packed) {
  packed.replace(packed.size() / 2, 64, std::string(64, '\0'));
  return packed;
}

// Changes the CRC, which stands before the size at the end of a gzip member.
std::string FlipCrc(std::string packed) {
  packed[packed.size() - 8] ^= 1;
  return packed;
}

std::string FlipSize(std::string packed) {
  packed[packed.size() - 1] ^= 1;
  return packed;
}

std::string AddGarbage(std::string packed) {
  return packed + "garbage after the last member";
}

// Returns a gzip member whose header has a file name that does not end.
std::string EndlessGzipName() {
  return absl::StrCat(absl::string_view("\x1f\x8b\x08\x08\0\0\0\0\0\x03", 10),
                      std::string(64 << 20, 'n'));
}

std::string EmptyMembers(Compression compression) {
  const std::string member = Compress(compression, "");
  std::string all;
  for (int i = 0; i < 100'000; ++i) all += member;
  return all;
}

// Returns a good image whose top layer is `blob`, which is good for nothing.
std::string OciLayerBlob(Compression compression, const std::string& blob) {
  OciImage image;
  image.layers = {{"placeholder", compression}};
  image.change_manifest = [&](Json& manifest) {
    Json& layer = manifest["layers"].back();
    layer = DescriptorOf(layer["mediaType"].get<std::string>(), blob);
  };
  image.change_index = [&](Json&, ArchiveMembers& members) {
    members.push_back(BlobEntry(blob));
  };
  return image.Save();
}

// Returns each kind of damage in both places.
void AddBoth(const std::string& name, const std::string& category,
             Compression compression, const Damage& damage,
             std::vector<HostileCase>& cases) {
  cases.push_back({.name = name + "OfTheArchive",
                   .category = category,
                   .archive = [compression, damage] {
                     return damage(Compress(compression, GoodArchive()));
                   }});
  cases.push_back(
      {.name = name + "OfALayer",
       .category = category,
       .archive = [compression, damage] {
         return OciLayerBlob(
             compression,
             damage(Compress(compression,
                             MakeTar({FileEntry("a", RandomBytes(5000))}))));
       }});
}

}  // namespace

std::vector<HostileCase> BrokenCompression() {
  std::vector<HostileCase> cases;
  for (const auto& [name, packing] : {std::pair("Gzip", Compression::kGzip),
                                      std::pair("Zstd", Compression::kZstd)}) {
    const std::string format = name;
    const Compression compression = packing;
    AddBoth(format + "CutInTheMiddle", kTruncated, compression, CutInTheMiddle,
            cases);
    AddBoth(format + "CutBeforeItsEnd", kTruncated, compression,
            CutBeforeItsEnd, cases);
    AddBoth(format + "WithGarbageAfterIt", kMalformed, compression, AddGarbage,
            cases);
    AddBoth(
        format + "InTheSame", kMalformed, compression,
        [compression](std::string p) { return Compress(compression, p); },
        cases);
    cases.push_back(
        {.name = format + "OfNothing",
         .category = kTruncated,
         .archive = [compression] { return EmptyMembers(compression); }});
    cases.push_back({.name = format + "DamagedInTheMiddle",
                     .category = kMalformed,
                     .archive = [compression] {
                       return Flatten(Compress(compression, GoodArchive()));
                     }});
  }
  AddBoth("GzipCrcWrong", kMalformed, Compression::kGzip, FlipCrc, cases);
  AddBoth("GzipSizeWrong", kMalformed, Compression::kGzip, FlipSize, cases);
  cases.push_back({.name = "GzipNameWithoutEnd",
                   .category = kTruncated,
                   .archive = EndlessGzipName});
  return cases;
}

}  // namespace faas::testing
