#ifndef FAAS_COMMON_LOG_LOG_H_
#define FAAS_COMMON_LOG_LOG_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace faas::log {

// Appends the line `[tag] text` to the log, which is standard output. Returns
// at once: a thread of its own writes what cannot be written without waiting,
// so that a slow or stopped terminal holds up no connection. When more than
// kPendingBytes wait, lines are dropped, and their number is logged later.
// `text` may contain newlines. Text from a stranger must have gone through
// base::Printable. Thread-safe, like all functions in this file.
void Line(absl::string_view tag, absl::string_view text);

// Appends `text` as it is. It should end with a newline.
void Raw(absl::string_view text);

// A Batch keeps the lines of its thread together, and writes them when it is
// destroyed, or before if there are many. An event loop has one for each of its
// turns, so that a waiting connection does not wait for its log, and a turn
// costs one write. A crash in a turn loses the lines of that turn.
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

// Writes the lines of this thread now, even within a Batch. Use it for a line
// that has to be in the log before lines of another process that follow from
// it.
void WriteOut();

// Waits until everything that was appended is written, for at most a second.
// Call it before the process ends.
void Flush();

inline constexpr size_t kPendingBytes = 4 << 20;

}  // namespace faas::log

#endif  // FAAS_COMMON_LOG_LOG_H_
