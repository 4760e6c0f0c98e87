#include "image/testing/tar_builder.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace faas::image::testing {
namespace {

constexpr size_t kBlock = 512;

void Put(std::string& header, size_t offset, size_t width,
         absl::string_view text) {
  header.replace(offset, std::min(width, text.size()),
                 std::string(text.substr(0, width)));
}

// A pax record counts its own length.
std::string PaxRecord(const std::string& key, const std::string& value) {
  const std::string rest = absl::StrCat(" ", key, "=", value, "\n");
  size_t length = rest.size() + 1;
  while (absl::StrCat(length, rest).size() != length) ++length;
  return absl::StrCat(length, rest);
}

}  // namespace

void TarBuilder::AddHeader(const TarEntry& entry, uint64_t bytes) {
  std::string header(kBlock, '\0');
  Put(header, 0, 100, entry.name);
  Put(header, 100, 8, absl::StrFormat("%07o", entry.mode));
  Put(header, 108, 8, absl::StrFormat("%07o", entry.uid));
  Put(header, 116, 8, absl::StrFormat("%07o", entry.gid));
  Put(header, 124, 12,
      entry.raw_size.value_or(absl::StrFormat("%011o", bytes)));
  Put(header, 136, 12, absl::StrFormat("%011o", entry.mtime));
  header[156] = entry.type;
  Put(header, 157, 100, entry.link);
  Put(header, 257, 8, absl::string_view("ustar\00000", 8));
  Put(header, 148, 8, "        ");
  uint32_t sum = entry.good_checksum ? 0 : 1;
  for (const char c : header) sum += static_cast<uint8_t>(c);
  Put(header, 148, 8, absl::StrFormat("%06o", sum));
  header[154] = '\0';
  bytes_ += header;
}

void TarBuilder::AddContent(absl::string_view content) {
  bytes_.append(content.data(), content.size());
  bytes_.append((kBlock - content.size() % kBlock) % kBlock, '\0');
}

TarBuilder& TarBuilder::Add(const TarEntry& entry) {
  const auto add_special = [&](char type, const std::string& text) {
    AddHeader({.name = "special", .type = type}, text.size());
    AddContent(text);
  };
  if (entry.name.size() > 100) add_special('L', entry.name + '\0');
  if (entry.link.size() > 100) add_special('K', entry.link + '\0');
  if (!entry.pax.empty()) {
    std::string records;
    for (const auto& [key, value] : entry.pax) records += PaxRecord(key, value);
    add_special('x', records);
  }
  AddHeader(entry, entry.content.size());
  AddContent(entry.content);
  return *this;
}

TarBuilder& TarBuilder::File(absl::string_view name, absl::string_view content,
                             uint32_t mode) {
  return Add({.name = std::string(name),
              .content = std::string(content),
              .mode = mode});
}

TarBuilder& TarBuilder::Dir(absl::string_view name, uint32_t mode) {
  return Add({.name = std::string(name), .type = '5', .mode = mode});
}

TarBuilder& TarBuilder::Symlink(absl::string_view name,
                                absl::string_view target) {
  return Add({.name = std::string(name),
              .type = '2',
              .link = std::string(target),
              .mode = 0777});
}

TarBuilder& TarBuilder::HardLink(absl::string_view name,
                                 absl::string_view target) {
  return Add(
      {.name = std::string(name), .type = '1', .link = std::string(target)});
}

TarBuilder& TarBuilder::Raw(absl::string_view bytes) {
  bytes_.append(bytes.data(), bytes.size());
  return *this;
}

std::string TarBuilder::Finish() const {
  return bytes_ + std::string(2 * kBlock, '\0');
}

}  // namespace faas::image::testing
