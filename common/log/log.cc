#include "common/log/log.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace faas::log {
namespace {

class Writer {
 public:
  Writer() {
    std::thread([this] { Run(); }).detach();
  }

  void Append(absl::string_view text) ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    if (Idle() && text.size() <= PIPE_BUF && CanWriteNow()) {
      Write(text);
    } else if (pending_.size() + text.size() > kPendingBytes) {
      ++dropped_;
    } else {
      pending_.append(text.data(), text.size());
    }
  }

  void Flush() ABSL_LOCKS_EXCLUDED(mutex_) {
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(this, &Writer::Idle),
                            absl::Seconds(1));
  }

 private:
  bool Idle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return pending_.empty() && !writing_;
  }
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return !pending_.empty();
  }

  void Run() ABSL_LOCKS_EXCLUDED(mutex_) {
    std::string batch;
    while (true) {
      {
        absl::MutexLock lock(&mutex_);
        writing_ = false;
        mutex_.Await(absl::Condition(this, &Writer::HasWork));
        writing_ = true;
        batch.swap(pending_);
        if (dropped_ > 0) {
          absl::StrAppend(&batch, "[log] ", dropped_, " lines dropped\n");
          dropped_ = 0;
        }
      }
      Write(batch);
      batch.clear();
    }
  }

  // Returns whether PIPE_BUF bytes can be written without waiting.
  static bool CanWriteNow() {
    pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && output.revents == POLLOUT;
  }

  // A log that cannot be written (the reader has gone, the disk is full) must
  // not end a daemon. These lines are lost.
  static void Write(absl::string_view batch) {
    while (!batch.empty()) {
      const ssize_t n = write(STDOUT_FILENO, batch.data(), batch.size());
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return;
      batch.remove_prefix(n);
    }
  }

  absl::Mutex mutex_;
  std::string pending_ ABSL_GUARDED_BY(mutex_);
  uint64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
};

// The writer is never destroyed, because threads may log until the process
// ends.
Writer& TheWriter() {
  static Writer* const writer = new Writer;
  return *writer;
}

// The lines of this thread's current Batch, or null.
thread_local std::string* batch = nullptr;

}  // namespace

void WriteOut() {
  if (batch == nullptr || batch->empty()) return;
  TheWriter().Append(*batch);
  batch->clear();
}

Batch::Batch() : outer_(std::exchange(batch, &lines_)) {}

Batch::~Batch() {
  WriteOut();
  batch = outer_;
}

void Line(absl::string_view tag, absl::string_view text) {
  if (batch == nullptr) {
    TheWriter().Append(absl::StrCat("[", tag, "] ", text, "\n"));
    return;
  }
  absl::StrAppend(batch, "[", tag, "] ", text, "\n");
  // So much can mostly be written in one piece; see Writer::Append.
  if (batch->size() > PIPE_BUF / 2) WriteOut();
}

void Raw(absl::string_view text) {
  WriteOut();
  TheWriter().Append(text);
}

void Flush() {
  WriteOut();
  TheWriter().Flush();
}

}  // namespace faas::log
