#ifndef FAAS_COMMON_LOG_LOG_H_
#define FAAS_COMMON_LOG_LOG_H_

#include <cstddef>
#include <string>

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

// While one lives, this thread's lines are kept together and written when it
// goes: an event loop has one for each of its turns, so that a connection that
// waits does not wait for its log, and a turn costs one write. What a crash in
// a turn loses is that turn's lines.
class Batch {
 public:
  Batch();
  ~Batch();
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

 private:
  std::string lines_;
  std::string* const outer_;
};

// Writes this thread's lines now, batch or not: for what has to be in the log
// before others, in another process too, write what follows from it.
void WriteOut();

// Waits, at most a second, until all that was appended is written. For exits.
void Flush();

inline constexpr size_t kPendingBytes = 4 << 20;

}  // namespace faas::log

#endif  // FAAS_COMMON_LOG_LOG_H_
