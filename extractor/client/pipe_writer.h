#ifndef FAAS_EXTRACTOR_CLIENT_PIPE_WRITER_H_
#define FAAS_EXTRACTOR_CLIENT_PIPE_WRITER_H_

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace faas::extractor {

// A PipeWriter writes to a non-blocking pipe as long as somebody reads from it
// and the client has not gone. Borrows the pipe.
class PipeWriter {
 public:
  // All functions return CANCELLED soon after `cancelled` returns true.
  PipeWriter(int pipe, std::function<bool()> cancelled)
      : pipe_(pipe), cancelled_(std::move(cancelled)) {}

  // Waits until the pipe has space. Returns false if its reader has gone.
  absl::StatusOr<bool> AwaitSpace() { return Await(-1); }
  // Waits until the pipe has space, and `source` has bytes or has ended.
  // Returns false if the pipe's reader has gone.
  absl::StatusOr<bool> AwaitBytes(int source) { return Await(source); }

  // Writes all `bytes`. Returns false if the pipe's reader has gone.
  absl::StatusOr<bool> Write(absl::string_view bytes);

 private:
  absl::StatusOr<bool> Await(int source);

  const int pipe_;
  const std::function<bool()> cancelled_;
};

}  // namespace faas::extractor

#endif  // FAAS_EXTRACTOR_CLIENT_PIPE_WRITER_H_
