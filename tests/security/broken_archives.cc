// Files that are no archive, or a broken one: tar as a whole, and its headers,
// both of the archive and of a layer in it.

#include <cstdint>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/security/archives.h"
#include "tests/security/hostile_case.h"
#include "tests/security/raw_tar.h"

namespace faas::testing {
namespace {

constexpr char kTruncated[] = "TRUNCATED";
constexpr char kMalformed[] = "MALFORMED";

// Returns where the data of the good archive's largest member begins.
size_t LargestData(const std::string& archive) {
  const size_t magic = archive.find(
      "\x7f"
      "ELF");
  return magic - magic % kTarBlock;
}

std::string CutInData() {
  const std::string archive = GoodArchive();
  return archive.substr(0, LargestData(archive) + 5000);
}

std::string CutInHeader() {
  const std::string archive = GoodArchive();
  return archive.substr(0, archive.rfind("ustar"));
}

std::string WithoutEndMark() {
  const std::string archive = GoodArchive();
  return archive.substr(0, archive.size() - EndMark().size());
}

// The first bytes of other formats, each followed by what looks like a file.
std::string Zip() {
  return absl::StrCat(
      absl::string_view("PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\x05\0\0\0"
                        "\x05\0\0\0\x0d\0\0\0manifest.jsonhello",
                        48),
      std::string(4096, 'z'));
}

std::string SevenZip() {
  return absl::StrCat(absl::string_view("7z\xbc\xaf\x27\x1c\0\x04", 8),
                      RandomBytes(4096));
}

std::string Cpio() {
  std::string header = "070701";
  for (int i = 0; i < 13; ++i) header += "00000000";
  return absl::StrCat(header, "manifest.json", std::string(4096, '\0'),
                      "070701TRAILER!!!");
}

std::string Iso() {
  constexpr size_t kSystemArea = 32768;
  return absl::StrCat(std::string(kSystemArea, '\0'),
                      absl::string_view("\x01"
                                        "CD001\x01\0",
                                        8),
                      std::string(2040, ' '), RandomBytes(4096));
}

std::string Xz() {
  return absl::StrCat(absl::string_view("\xfd"
                                        "7zXZ\0\0\x04",
                                        8),
                      RandomBytes(4096));
}

std::string BadChecksum() {
  std::string header = TarHeader(FileEntry("evil", ""));
  header[kChecksumField] ^= 1;
  return header;
}

std::string WithSize(absl::string_view size) {
  return AlteredHeader(FileEntry("evil", ""), kSizeField, size);
}

// Writes a special header whose data have no end, as far as anybody reads them.
void Endless(char type, const ByteSink& sink) {
  const std::string members = GoodMembersAnd("");
  TarEntry entry = FileEntry("special", "");
  entry.type = type;
  const std::string piece(1 << 20, 'y');
  bool wanted = sink(members) && sink(AlteredHeader(entry, kSizeField,
                                                    Base256(int64_t{1} << 40)));
  while (wanted) wanted = sink(piece);
}

// Returns special headers of which each is allowed, one after the other.
std::string ManySpecial(char type, absl::string_view data, int count) {
  std::string headers;
  for (int i = 0; i < count; ++i) headers += SpecialEntry(type, data);
  return headers + TarHeader(FileEntry("evil", ""));
}

std::vector<HostileCase> WholeArchives() {
  return {
      {.name = "Empty",
       .category = kTruncated,
       .archive = [] { return std::string(); },
       .says = "empty (0 bytes)",
       .also_new = true},
      {.name = "OneByte",
       .category = kTruncated,
       .archive = [] { return std::string("x"); }},
      {.name = "CutInHeader", .category = kTruncated, .archive = CutInHeader},
      {.name = "CutInData",
       .category = kTruncated,
       .archive = CutInData,
       .also_new = true},
      {.name = "WithoutEndMark",
       .category = kTruncated,
       .archive = WithoutEndMark},
      {.name = "RandomBytes",
       .category = kMalformed,
       .archive = [] { return RandomBytes(100'000); },
       .also_new = true},
      {.name = "Zip", .category = kMalformed, .archive = Zip},
      {.name = "SevenZip", .category = kMalformed, .archive = SevenZip},
      {.name = "Cpio", .category = kMalformed, .archive = Cpio},
      {.name = "Iso", .category = kMalformed, .archive = Iso},
      {.name = "Xz", .category = kMalformed, .archive = Xz},
      {.name = "GarbageAfterIt",
       .category = kMalformed,
       .archive = [] { return GoodArchive() + RandomBytes(1000); },
       .says = "followed by other data"},
      {.name = "TwoArchives",
       .category = kMalformed,
       .archive = [] { return GoodArchive() + GoodArchive(); },
       .says = "followed by other data"},
      {.name = "DockerExport",
       .category = "MANIFEST",
       .archive = [] { return MakeTar({FileEntry(".dockerenv", "")}); },
       .says = "docker export"},
  };
}

// Adds headers that are broken in the archive as well as in a layer.
std::vector<HostileCase> Headers() {
  const struct {
    const char* name;
    std::function<std::string()> raw;
    const char* in_archive;
    const char* in_layer;
  } kHeaders[] = {
      {"BadChecksum", BadChecksum, kMalformed, kMalformed},
      {"NegativeSize", [] { return WithSize(Base256(-1)); }, kMalformed,
       kMalformed},
      {"MostNegativeSize",
       [] { return WithSize(Base256(std::numeric_limits<int64_t>::min())); },
       kMalformed, kMalformed},
      {"HugeSize",
       [] { return WithSize(Base256(std::numeric_limits<int64_t>::max())); },
       kMalformed, kMalformed},
      {"SizeBeyond64Bits",
       [] { return WithSize("\xbf" + std::string(11, '\xff')); }, kMalformed,
       kMalformed},
      {"SizeOfExbibytes", [] { return WithSize(Base256(int64_t{1} << 60)); },
       kTruncated, "LIMIT"},
      {"SizeOfGarbage",
       [] { return WithSize("!@#$%^&*()_+") + PaddedToBlock("data"); },
       kMalformed, kMalformed},
      {"SizeOfNegativePax",
       [] {
         return SpecialEntry('x', "10 size=-1\n") +
                TarHeader(FileEntry("evil", ""));
       },
       kMalformed, kMalformed},
      {"PaxRecordWithoutItsLength",
       [] {
         return SpecialEntry('x', "999999 path=evil\n") +
                TarHeader(FileEntry("evil", ""));
       },
       kMalformed, kMalformed},
      {"SpecialHeadersWithoutEnd",
       [] { return ManySpecial('x', "10 a=bcde\n", 2'000); }, kMalformed,
       kMalformed},
      {"GlobalHeadersWithoutEnd",
       [] { return ManySpecial('g', "10 a=bcde\n", 2'000); }, kMalformed,
       kMalformed},
      {"LongNamesWithoutEnd", [] { return ManySpecial('L', "name", 2'000); },
       kMalformed, kMalformed},
      {"LongNameOfMebibytes",
       [] {
         return SpecialEntry('L', std::string(8 << 20, 'n')) +
                TarHeader(FileEntry("evil", ""));
       },
       kMalformed, kMalformed},
      {"PaxHeaderOfMebibytes",
       [] {
         return SpecialEntry('x',
                             absl::StrCat("8388624 comment=",
                                          std::string(8'388'607, 'c'), "\n")) +
                TarHeader(FileEntry("evil", ""));
       },
       kMalformed, kMalformed},
  };
  std::vector<HostileCase> cases;
  for (const auto& header : kHeaders) {
    cases.push_back({.name = absl::StrCat(header.name, "InTheArchive"),
                     .category = header.in_archive,
                     .archive = [raw = header.raw] {
                       return GoodMembersAnd(raw() + EndMark());
                     }});
    cases.push_back(
        {.name = absl::StrCat(header.name, "InALayer"),
         .category = header.in_layer,
         .archive = [raw = header.raw] { return HostileRawLayer(raw()); }});
  }
  return cases;
}

}  // namespace

std::vector<HostileCase> BrokenArchives() {
  std::vector<HostileCase> cases = WholeArchives();
  for (HostileCase& header : Headers()) cases.push_back(std::move(header));
  for (const char type : {'x', 'g', 'L', 'K'}) {
    cases.push_back(
        {.name =
             absl::StrCat("EndlessHeaderOfType", absl::string_view(&type, 1)),
         .category = kMalformed,
         .stream = [type](const ByteSink& sink) { Endless(type, sink); }});
  }
  return cases;
}

}  // namespace faas::testing
