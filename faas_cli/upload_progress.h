#ifndef FAAS_FAAS_CLI_UPLOAD_PROGRESS_H_
#define FAAS_FAAS_CLI_UPLOAD_PROGRESS_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace faas::cli {

// An UploadState says how far an upload has come.
struct UploadState {
  uint64_t sent_bytes = 0;
  // 0 if it is unknown.
  uint64_t total_bytes = 0;
  bool all_sent = false;
  // The number of layers that the server has extracted.
  uint32_t layers = 0;
  // 0 until the server has read the manifest.
  uint32_t total_layers = 0;
  absl::Duration elapsed;
};

// Returns an amount such as "12.3 MB".
std::string HumanBytes(uint64_t bytes);

// Returns one line of at most `width` columns, with a bar if the total is
// known:
// "[####    ]  50%  123.4 MB of 246.8 MB  45.6 MB/s  layer 2 of 5".
std::string ProgressLine(const UploadState& state, size_t width);

// An UploadProgress shows on standard error how far an upload has come. On a
// terminal it shows a line that changes; elsewhere it prints a line from time
// to time, so that short uploads print nothing. Thread-safe.
class UploadProgress {
 public:
  // `total_bytes` is 0 if it is unknown.
  explicit UploadProgress(uint64_t total_bytes);
  // Removes the line from the terminal.
  ~UploadProgress();
  UploadProgress(const UploadProgress&) = delete;
  UploadProgress& operator=(const UploadProgress&) = delete;

  void Sent(uint64_t sent_bytes);
  void AllSent();
  void Received(uint32_t layers, uint32_t total_layers);

 private:
  void Show(bool now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const bool terminal_;
  const absl::Time start_;
  absl::Mutex mutex_;
  UploadState state_ ABSL_GUARDED_BY(mutex_);
  absl::Time shown_ ABSL_GUARDED_BY(mutex_);
  bool line_is_open_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_UPLOAD_PROGRESS_H_
