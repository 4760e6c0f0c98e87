#ifndef FAAS_COMMON_BASE_PRINTABLE_H_
#define FAAS_COMMON_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::base {

// `text`, from a stranger, as it may be shown on a terminal or in a log:
// control characters, DEL and bytes that are not UTF-8 become "\xNN", so that
// no escape sequence gets through. Newlines and tabs are escaped too.
std::string Printable(absl::string_view text);

// The same, but newlines and tabs stay.
std::string PrintableLines(absl::string_view text);

// The first characters of `text` (UTF-8) that fit into `limit_bytes`.
absl::string_view Truncated(absl::string_view text, size_t limit_bytes);

// `text` if it fits into `limit_bytes`, otherwise its beginning and its end
// with " ... " between: a message's end says what to do. The limit is at
// least 5.
std::string Shortened(absl::string_view text, size_t limit_bytes);

}  // namespace faas::base

#endif  // FAAS_COMMON_BASE_PRINTABLE_H_
