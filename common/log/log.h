#ifndef FAAS_COMMON_LOG_LOG_H_
#define FAAS_COMMON_LOG_LOG_H_

#include "absl/strings/string_view.h"

namespace faas::log {

// Appends the line `[tag] text` to the log, which is standard output. Returns
// at once: what cannot be written without waiting is left to a thread of its
// own, so that a slow or stopped terminal holds up no connection. When more
// than kPendingBytes wait, lines are dropped and their number is logged later.
// `text` may hold newlines; what comes from a stranger must have gone through
// base::Printable.
void Line(absl::string_view tag, absl::string_view text);

// Appends `text` as it is; it should end with a newline.
void Raw(absl::string_view text);

// Waits, at most a second, until all that was appended is written. For exits.
void Flush();

inline constexpr size_t kPendingBytes = 4 << 20;

}  // namespace faas::log

#endif  // FAAS_COMMON_LOG_LOG_H_
