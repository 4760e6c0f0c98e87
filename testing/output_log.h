#ifndef FAAS_TESTING_OUTPUT_LOG_H_
#define FAAS_TESTING_OUTPUT_LOG_H_

#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "testing/wait.h"

namespace faas::testing {

// An OutputLog holds what programs write to a pipe. A thread of its own reads
// the pipe. Thread-safe.
class OutputLog {
 public:
  OutputLog();
  // Waits until all copies of write_fd() are closed.
  ~OutputLog();

  // Returns the descriptor to give to the programs. The log owns it.
  int write_fd() const { return write_fd_.get(); }

  // Returns all that has come.
  std::string Text() const;
  // Returns all after the first `offset` bytes. An earlier Size() as offset
  // gives what came since then.
  std::string TextFrom(size_t offset) const;
  size_t Size() const;

  // Waits until a line after the first `offset` bytes matches the ECMAScript
  // regex anywhere in the line. Returns false at the deadline.
  bool WaitFor(const std::string& regex, absl::Duration timeout = kSoon,
               size_t offset = 0) const;

  // Waits for several lines that follow each other, with others in between.
  // Returns the first regex that was not matched, or "".
  std::string WaitForSequence(const std::vector<std::string>& regexes,
                              absl::Duration timeout = kSoon,
                              size_t offset = 0) const;

 private:
  void Read(base::UniqueFd fd);

  mutable absl::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
  base::UniqueFd write_fd_;
  std::thread reader_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTING_OUTPUT_LOG_H_
