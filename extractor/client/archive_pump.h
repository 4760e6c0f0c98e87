#ifndef FAAS_EXTRACTOR_CLIENT_ARCHIVE_PUMP_H_
#define FAAS_EXTRACTOR_CLIENT_ARCHIVE_PUMP_H_

#include <atomic>
#include <thread>

#include "absl/status/status.h"
#include "common/base/unique_fd.h"
#include "extractor/client/archive_source.h"

namespace faas::extractor {

// An ArchivePump writes an archive to an extractor's pipe on a thread of its
// own, and closes the pipe when it has written all of it or has failed.
class ArchivePump {
 public:
  // Starts the thread. Borrows `archive` until Join() returns.
  ArchivePump(ArchiveSource& archive, base::UniqueFd pipe);

  // Returns whether the archive could not be read to its end.
  bool failed() const { return failed_; }

  // Waits for the thread and returns the archive's error. Must be called once,
  // when the extractor has ended: only then does the thread end soon.
  absl::Status Join();

 private:
  base::UniqueFd pipe_;
  absl::Status status_;
  std::atomic<bool> failed_ = false;
  std::thread thread_;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_ARCHIVE_PUMP_H_
