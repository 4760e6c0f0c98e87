#include "common/base/printable.h"

#include <cstddef>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace faas::base {
namespace {

// Returns the length in bytes of the well-formed, printable UTF-8 character at
// the start of `text`, or 0 if there is none. C1 controls (U+0080 to U+009F)
// count as controls because some terminals obey them. So do the bidirectional
// overrides.
size_t PrintableCharacter(absl::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
  const size_t length = byte(0) >= 0xf0 && byte(0) < 0xf5   ? 4
                        : byte(0) >= 0xe0 && byte(0) < 0xf0 ? 3
                        : byte(0) >= 0xc2 && byte(0) < 0xe0 ? 2
                                                            : 0;
  if (length == 0 || text.size() < length) return 0;
  uint32_t point = byte(0) & (0xff >> (length + 1));
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    point = point << 6 | (byte(i) & 0x3f);
  }
  const bool overlong = (length == 3 && point < 0x800) ||
                        (length == 4 && (point < 0x10000 || point > 0x10ffff));
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  const bool control = point >= 0x80 && point <= 0x9f;
  const bool bidi = (point >= 0x202a && point <= 0x202e) ||
                    (point >= 0x2066 && point <= 0x2069);
  return overlong || surrogate || control || bidi ? 0 : length;
}

std::string Escape(absl::string_view text, bool keep_lines) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t length = PrintableCharacter(text);
    const char c = text[0];
    if (length == 0 && keep_lines && (c == '\n' || c == '\t')) length = 1;
    if (length == 0) {
      absl::StrAppendFormat(&out, "\\x%02x", static_cast<uint8_t>(c));
      length = 1;
    } else {
      out.append(text.data(), length);
    }
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string Printable(absl::string_view text) { return Escape(text, false); }

std::string PrintableLines(absl::string_view text) {
  return Escape(text, true);
}

absl::string_view Truncated(absl::string_view text, size_t limit_bytes) {
  if (text.size() <= limit_bytes) return text;
  size_t end = limit_bytes;
  // The cut must not be within a character, so it moves to before continuation
  // bytes.
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

std::string Shortened(absl::string_view text, size_t limit_bytes) {
  constexpr absl::string_view kGap = " ... ";
  if (text.size() <= limit_bytes) return std::string(text);
  const size_t tail_bytes = (limit_bytes - kGap.size()) / 4;
  const absl::string_view head =
      Truncated(text, limit_bytes - kGap.size() - tail_bytes);
  absl::string_view tail = text.substr(text.size() - tail_bytes);
  while (!tail.empty() && (static_cast<uint8_t>(tail[0]) & 0xc0) == 0x80) {
    tail.remove_prefix(1);
  }
  return absl::StrCat(head, kGap, tail);
}

}  // namespace faas::base
