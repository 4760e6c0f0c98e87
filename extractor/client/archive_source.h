#ifndef FAAS_EXTRACTOR_CLIENT_ARCHIVE_SOURCE_H_
#define FAAS_EXTRACTOR_CLIENT_ARCHIVE_SOURCE_H_

#include "absl/status/status.h"

namespace faas::extractor {

// An archive on its way from a client to an extractor. registryd passes its
// bytes on and does not look at them.
class ArchiveSource {
 public:
  virtual ~ArchiveSource() = default;

  // Writes all of it to `pipe`, which is non-blocking; once. OK too when the
  // pipe's reader has gone, which then has the reason. On any one thread.
  virtual absl::Status WriteTo(int pipe) = 0;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_ARCHIVE_SOURCE_H_
