#ifndef FAAS_EXTRACTOR_CLIENT_ARCHIVE_SOURCE_H_
#define FAAS_EXTRACTOR_CLIENT_ARCHIVE_SOURCE_H_

#include "absl/status/status.h"

namespace faas::extractor {

// An ArchiveSource is an archive that a client sends. registryd passes its
// bytes on to an extractor and does not look at them.
class ArchiveSource {
 public:
  virtual ~ArchiveSource() = default;

  // Writes the whole archive to `pipe`, which is non-blocking. Called once, on
  // any thread. Returns OK also when the reader of the pipe has gone: then the
  // reader knows why.
  virtual absl::Status WriteTo(int pipe) = 0;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_ARCHIVE_SOURCE_H_
