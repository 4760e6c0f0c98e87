#include "tests/fuzz/archive_repair.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "testing/image_builder.h"

namespace faas::fuzz {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kSizeAt = 124, kSizeBytes = 12;
constexpr size_t kChecksumAt = 148, kChecksumBytes = 8;
constexpr size_t kMagicAt = 257;
constexpr absl::string_view kMagic = "ustar";
constexpr absl::string_view kDigest = "sha256:";
constexpr size_t kDigestBytes = 7 + 64;

bool IsHeader(absl::string_view block) {
  return block.substr(kMagicAt, kMagic.size()) == kMagic;
}

// Layers begin at a block of the archive, and so do their headers.
void RepairChecksums(std::string& archive) {
  for (size_t at = 0; at + kBlock <= archive.size(); at += kBlock) {
    if (!IsHeader(absl::string_view(archive).substr(at, kBlock))) continue;
    archive.replace(at + kChecksumAt, kChecksumBytes, kChecksumBytes, ' ');
    uint32_t sum = 0;
    for (size_t i = 0; i < kBlock; ++i) {
      sum += static_cast<uint8_t>(archive[at + i]);
    }
    archive.replace(at + kChecksumAt, kChecksumBytes,
                    absl::StrFormat("%06o", sum) + std::string("\0 ", 2));
  }
}

struct Member {
  std::string name;
  size_t at;
  size_t bytes;
};

// Visits the archive's own entries, as far as their sizes are plain octal
// numbers.
std::vector<Member> Members(const std::string& archive) {
  std::vector<Member> members;
  size_t at = 0;
  while (at + kBlock <= archive.size() &&
         IsHeader(absl::string_view(archive).substr(at, kBlock))) {
    const std::string size = archive.substr(at + kSizeAt, kSizeBytes);
    const size_t bytes = std::min<size_t>(strtoul(size.c_str(), nullptr, 8),
                                          archive.size() - at - kBlock);
    members.push_back({archive.substr(at, 100).c_str(), at + kBlock, bytes});
    at += kBlock + (bytes + kBlock - 1) / kBlock * kBlock;
  }
  return members;
}

void RepairDiffIds(std::string& archive) {
  const std::vector<Member> members = Members(archive);
  std::vector<std::string> diff_ids;
  for (const Member& member : members) {
    if (!absl::EndsWith(member.name, ".tar")) continue;
    diff_ids.push_back(testing::DigestOf(
        absl::string_view(archive).substr(member.at, member.bytes)));
  }
  for (const Member& member : members) {
    if (!absl::EndsWith(member.name, ".json")) continue;
    size_t at = member.at;
    for (const std::string& diff_id : diff_ids) {
      at = archive.find(std::string(kDigest), at);
      if (at == std::string::npos ||
          at + kDigestBytes > member.at + member.bytes) {
        break;
      }
      archive.replace(at, kDigestBytes, diff_id);
      at += kDigestBytes;
    }
  }
}

}  // namespace

void RepairArchive(std::string& archive) {
  RepairChecksums(archive);
  RepairDiffIds(archive);
}

}  // namespace faas::fuzz
