#ifndef FAAS_EXTRACTOR_CLIENT_PIPE_WRITER_H_
#define FAAS_EXTRACTOR_CLIENT_PIPE_WRITER_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::extractor {

// The end of a non-blocking pipe that is written to, and whether anybody still
// wants it to be. Borrows the pipe.
class PipeWriter {
 public:
  // CANCELLED soon after `cancelled` says so.
  PipeWriter(int pipe, std::function<bool()> cancelled)
      : pipe_(pipe), cancelled_(std::move(cancelled)) {}

  // Waits until the pipe takes bytes; false if its reader has gone.
  absl::StatusOr<bool> AwaitSpace() { return Await(-1); }
  // The same, and until `source` has some, or has ended.
  absl::StatusOr<bool> AwaitBytes(int source) { return Await(source); }

  // Writes all of it; false if the reader has gone.
  absl::StatusOr<bool> Write(absl::string_view bytes);

 private:
  absl::StatusOr<bool> Await(int source);

  const int pipe_;
  const std::function<bool()> cancelled_;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_PIPE_WRITER_H_
