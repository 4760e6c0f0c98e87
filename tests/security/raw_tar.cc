#include "tests/security/raw_tar.h"

#include "absl/strings/str_cat.h"

namespace faas::testing {
namespace {

// Fields of GNU's old sparse header: pieces as offset and size, and the whole
// size.
constexpr size_t kSparseField = 386;
constexpr size_t kRealSizeField = 483;

}  // namespace

std::string AlteredHeader(const TarEntry& entry, size_t field,
                          absl::string_view bytes) {
  std::string header = TarHeader(entry);
  header.replace(field, bytes.size(), std::string(bytes));
  SetTarChecksum(&header);
  return header;
}

std::string Base256(int64_t value, size_t width) {
  std::string bytes(width, value < 0 ? '\xff' : '\0');
  for (size_t i = 0; i < sizeof(value); ++i) {
    bytes[width - 1 - i] =
        static_cast<char>(static_cast<uint64_t>(value) >> (8 * i));
  }
  bytes[0] = static_cast<char>(bytes[0] | 0x80);
  return bytes;
}

std::string SizedHeader(absl::string_view path, int64_t bytes) {
  return AlteredHeader(FileEntry(path, ""), kSizeField, Base256(bytes));
}

std::string PaddedToBlock(absl::string_view data) {
  return absl::StrCat(
      data,
      std::string((kTarBlock - data.size() % kTarBlock) % kTarBlock, '\0'));
}

std::string SpecialEntry(char type, absl::string_view data) {
  TarEntry entry = FileEntry("special", data);
  entry.type = type;
  return TarHeader(entry) + PaddedToBlock(data);
}

std::string GnuSparseEntry(absl::string_view path, absl::string_view data,
                           int64_t offset, int64_t size) {
  TarEntry entry = FileEntry(path, data);
  entry.type = 'S';
  std::string header = TarHeader(entry);
  header.replace(kMagicField, 8, std::string("ustar  \0", 8));
  header.replace(kSparseField, 24,
                 Base256(offset) + Base256(static_cast<int64_t>(data.size())));
  header.replace(kRealSizeField, 12, Base256(size));
  SetTarChecksum(&header);
  return header + PaddedToBlock(data);
}

std::string EndMark() { return std::string(2 * kTarBlock, '\0'); }

}  // namespace faas::testing
