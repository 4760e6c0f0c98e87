#ifndef FAAS_REGISTRYD_ARCHIVE_H_
#define FAAS_REGISTRYD_ARCHIVE_H_

#include "absl/status/status.h"

namespace faas::registryd {

// An archive on its way from a client to an extractor. registryd passes its
// bytes on and does not look at them.
class Archive {
 public:
  virtual ~Archive() = default;

  // Writes all of it to `pipe`, which is non-blocking; once. OK too when the
  // pipe's reader has gone, which then has the reason. On any one thread.
  virtual absl::Status WriteTo(int pipe) = 0;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_ARCHIVE_H_
