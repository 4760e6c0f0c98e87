#ifndef FAAS_RUNNERD_CONTAINER_CONTAINER_OUTPUT_H_
#define FAAS_RUNNERD_CONTAINER_CONTAINER_OUTPUT_H_

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/event/event_loop.h"
#include "runnerd/container/output_capture.h"

namespace faas::runnerd {

// A ContainerOutput collects the standard output and the standard error of one
// container, which the runtime shares with it. Belongs to the loop's thread,
// but for the write ends, which whoever starts the runtime may use.
class ContainerOutput {
 public:
  // Keeps `limit_bytes` of each stream. Calls `on_end` when the last writer of
  // a stream has gone; it must not destroy this object.
  static absl::StatusOr<std::unique_ptr<ContainerOutput>> Create(
      event::EventLoop* loop, size_t limit_bytes,
      const std::function<void()>& on_end);

  // The descriptors for the child. Close them once the child has them.
  int stdout_write_end() const { return stdout_->write_end(); }
  int stderr_write_end() const { return stderr_->write_end(); }
  void CloseWriteEnds();

  // Takes in what is there now, without waiting.
  void Drain();
  // Returns whether both streams have been read to their end.
  bool ended() const { return stdout_->ended() && stderr_->ended(); }

  // Returns the last line of standard error. Of an error of the runtime
  // (`time="…" level=error msg="…"`), returns the message alone.
  std::string LastErrorLine();
  // Writes both streams to the log, unless they are empty.
  void Log() const;

 private:
  ContainerOutput() = default;

  std::unique_ptr<OutputCapture> stdout_, stderr_;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_CONTAINER_OUTPUT_H_
