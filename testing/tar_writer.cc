#include "testing/tar_writer.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace faas::testing {
namespace {

constexpr size_t kBlock = 512;

// Sizes of the ustar header's fields, and the largest numbers in them.
constexpr size_t kNameSize = 100;
constexpr size_t kLinkSize = 100;
constexpr uint64_t kMaxOctal7 = 07777777;
constexpr uint64_t kMaxOctal11 = 077777777777;

void Put(std::string* header, size_t offset, size_t size,
         absl::string_view value) {
  const size_t count = std::min(size, value.size());
  std::copy_n(value.begin(), count, header->begin() + offset);
}

void PutOctal(std::string* header, size_t offset, size_t size, uint64_t value) {
  Put(header, offset, size - 1,
      absl::StrFormat("%0*o", static_cast<int>(size - 1), value));
}

// Returns "<length> key=value\n", where the length counts its own digits.
std::string PaxRecord(absl::string_view key, absl::string_view value) {
  const size_t rest = key.size() + value.size() + 3;
  size_t length = rest + 1;
  while (absl::StrCat(length).size() + rest != length) {
    length = absl::StrCat(length).size() + rest;
  }
  return absl::StrCat(length, " ", key, "=", value, "\n");
}

// Returns the records of the pax header of `entry`: its own, and all that a
// ustar header cannot hold.
std::map<std::string, std::string> PaxRecords(const TarEntry& entry,
                                              LongNames long_names) {
  std::map<std::string, std::string> records = entry.pax;
  auto add = [&](bool needed, const char* key, const std::string& value) {
    if (needed) records.emplace(key, value);
  };
  const bool names = long_names == LongNames::kPax;
  add(names && entry.path.size() > kNameSize, "path", entry.path);
  add(names && entry.target.size() > kLinkSize, "linkpath", entry.target);
  add(entry.uid > kMaxOctal7, "uid", absl::StrCat(entry.uid));
  add(entry.gid > kMaxOctal7, "gid", absl::StrCat(entry.gid));
  add(entry.mtime < 0, "mtime", absl::StrCat(entry.mtime));
  return records;
}

// Writes a checksum that is `wrong_by` too large.
void PutChecksum(std::string* header, uint64_t wrong_by) {
  Put(header, 148, 8, "        ");
  uint64_t sum = wrong_by;
  for (size_t i = 0; i < kBlock; ++i) {
    sum += static_cast<unsigned char>((*header)[i]);
  }
  Put(header, 148, 8, absl::StrFormat("%06o", sum) + std::string("\0 ", 2));
}

TarEntry Entry(absl::string_view path, char type, mode_t mode) {
  TarEntry entry;
  entry.path = std::string(path);
  entry.type = type;
  entry.mode = mode;
  return entry;
}

}  // namespace

TarEntry FileEntry(absl::string_view path, absl::string_view data,
                   mode_t mode) {
  TarEntry entry = Entry(path, '0', mode);
  entry.data = std::string(data);
  return entry;
}

TarEntry DirectoryEntry(absl::string_view path, mode_t mode) {
  return Entry(path, '5', mode);
}

TarEntry SymlinkEntry(absl::string_view path, absl::string_view target) {
  TarEntry entry = Entry(path, '2', 0777);
  entry.target = std::string(target);
  return entry;
}

TarEntry HardLinkEntry(absl::string_view path, absl::string_view target) {
  TarEntry entry = Entry(path, '1', 0644);
  entry.target = std::string(target);
  return entry;
}

TarEntry DeviceEntry(absl::string_view path, char type, uint32_t device_major,
                     uint32_t device_minor) {
  TarEntry entry = Entry(path, type, 0600);
  entry.device_major = device_major;
  entry.device_minor = device_minor;
  return entry;
}

void SetTarChecksum(std::string* header) { PutChecksum(header, 0); }

std::string TarHeader(const TarEntry& entry) {
  std::string header(kBlock, '\0');
  Put(&header, 0, kNameSize, entry.path);
  PutOctal(&header, 100, 8, entry.mode & kMaxOctal7);
  PutOctal(&header, 108, 8, std::min(entry.uid, kMaxOctal7));
  PutOctal(&header, 116, 8, std::min(entry.gid, kMaxOctal7));
  PutOctal(&header, 124, 12,
           std::min<uint64_t>(entry.data.size(), kMaxOctal11));
  if (entry.raw_size.has_value()) Put(&header, 124, 12, *entry.raw_size);
  PutOctal(&header, 136, 12, std::max<int64_t>(entry.mtime, 0));
  header[156] = entry.type;
  Put(&header, 157, kLinkSize, entry.target);
  Put(&header, 257, 8, absl::string_view("ustar\00000", 8));
  Put(&header, 265, 31, entry.user_name);
  Put(&header, 297, 31, entry.group_name);
  PutOctal(&header, 329, 8, entry.device_major);
  PutOctal(&header, 337, 8, entry.device_minor);
  PutChecksum(&header, entry.good_checksum ? 0 : 1);
  return header;
}

TarWriter& TarWriter::Add(const TarEntry& entry) {
  if (long_names_ == LongNames::kGnu) AddLongNames(entry);
  const auto records = PaxRecords(entry, long_names_);
  if (!records.empty()) {
    TarEntry pax = Entry("PaxHeaders.0/entry", 'x', 0644);
    for (const auto& [key, value] : records) {
      absl::StrAppend(&pax.data, PaxRecord(key, value));
    }
    AddPadded(pax);
  }
  AddPadded(entry);
  return *this;
}

void TarWriter::AddLongNames(const TarEntry& entry) {
  const auto add = [this](char type, const std::string& name) {
    TarEntry long_name = Entry("././@LongLink", type, 0644);
    long_name.data = name + '\0';
    AddPadded(long_name);
  };
  if (entry.path.size() > kNameSize) add('L', entry.path);
  if (entry.target.size() > kLinkSize) add('K', entry.target);
}

TarWriter& TarWriter::File(absl::string_view path, absl::string_view data,
                           mode_t mode) {
  return Add(FileEntry(path, data, mode));
}

TarWriter& TarWriter::Dir(absl::string_view path, mode_t mode) {
  return Add(DirectoryEntry(path, mode));
}

TarWriter& TarWriter::Symlink(absl::string_view path,
                              absl::string_view target) {
  return Add(SymlinkEntry(path, target));
}

TarWriter& TarWriter::HardLink(absl::string_view path,
                               absl::string_view target) {
  return Add(HardLinkEntry(path, target));
}

TarWriter& TarWriter::Whiteout(absl::string_view path) {
  return File(path, "");
}

TarWriter& TarWriter::Raw(absl::string_view bytes) {
  bytes_.append(bytes.data(), bytes.size());
  return *this;
}

std::string TarWriter::Finish() const {
  return bytes_ + std::string(2 * kBlock, '\0');
}

void TarWriter::AddPadded(const TarEntry& entry) {
  bytes_ += TarHeader(entry);
  bytes_ += entry.data;
  bytes_.append((kBlock - entry.data.size() % kBlock) % kBlock, '\0');
}

std::string MakeTar(const std::vector<TarEntry>& entries) {
  TarWriter writer;
  for (const TarEntry& entry : entries) writer.Add(entry);
  return writer.Finish();
}

}  // namespace faas::testing
