#include "image/stream/peek.h"

#include <utility>

#include "absl/strings/match.h"
#include "common/base/status_macros.h"

namespace faas::image {

namespace {

constexpr size_t kUstarMagicOffset = 257;
constexpr absl::string_view kUstarMagic = "ustar";

}  // namespace

Encoding Sniff(absl::string_view head) {
  if (head.empty()) return Encoding::kEmpty;
  if (absl::StartsWith(head, "\x1f\x8b")) return Encoding::kGzip;
  if (absl::StartsWith(head, "\x28\xb5\x2f\xfd")) return Encoding::kZstd;
  // The first file name of a tar may begin like JSON.
  const bool ustar = absl::StartsWith(
      absl::ClippedSubstr(head, kUstarMagicOffset), kUstarMagic);
  if (!ustar && (head[0] == '{' || head[0] == '[')) return Encoding::kJson;
  return Encoding::kPlain;
}

absl::StatusOr<absl::string_view> PeekSource::Peek(size_t count) {
  while (pending_.size() < count) {
    // If the first piece is long enough, it is used where it is. A shorter one
    // is copied, because the next call makes it invalid.
    if (joined_.empty()) {
      joined_ = std::string(pending_);
      pending_ = joined_;
    }
    ASSIGN_OR_RETURN(const absl::string_view more, source_.Next());
    if (more.empty()) break;
    if (joined_.empty()) {
      pending_ = more;
    } else {
      joined_.append(more.data(), more.size());
      pending_ = joined_;
    }
  }
  return pending_.substr(0, count);
}

absl::StatusOr<absl::string_view> PeekSource::Next() {
  if (!pending_.empty()) return std::exchange(pending_, {});
  return source_.Next();
}

}  // namespace faas::image
