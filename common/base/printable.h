#ifndef FAAS_COMMON_BASE_PRINTABLE_H_
#define FAAS_COMMON_BASE_PRINTABLE_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::base {

// Returns `text`, which comes from a stranger, in a form that is safe on a
// terminal and in a log: control characters, DEL and bytes that are not UTF-8
// become "\xNN", so that no escape sequence gets through. Newlines and tabs are
// escaped too.
std::string Printable(absl::string_view text);

// Does the same, but keeps newlines and tabs.
std::string PrintableLines(absl::string_view text);

// Returns the first characters of `text` (UTF-8) that fit into `limit_bytes`.
absl::string_view Truncated(absl::string_view text, size_t limit_bytes);

// Returns `text` if it fits into `limit_bytes`, otherwise its beginning and its
// end with " ... " between them, because the end of a message says what to do.
// `limit_bytes` is at least 5.
std::string Shortened(absl::string_view text, size_t limit_bytes);

}  // namespace faas::base

#endif  // FAAS_COMMON_BASE_PRINTABLE_H_
