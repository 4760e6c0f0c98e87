#ifndef FAAS_RUNNERD_CONTAINER_OUTPUT_CAPTURE_H_
#define FAAS_RUNNERD_CONTAINER_OUTPUT_CAPTURE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"

namespace faas::runnerd {

// An OutputCapture collects what a container writes on one of its output
// streams, up to a limit. It reads and drops the rest, so that the writer never
// blocks. Runs on the loop's thread.
class OutputCapture {
 public:
  // `loop` must outlive this object. `on_end` is called once, by the loop, when
  // the last writer has gone; not if Drain has noticed that before.
  static absl::StatusOr<std::unique_ptr<OutputCapture>> Create(
      event::EventLoop* loop, size_t limit_bytes, std::function<void()> on_end);
  ~OutputCapture();

  // The end of the pipe for the child. Close it once the child has it.
  int write_end() const { return write_end_.get(); }
  void CloseWriteEnd() { write_end_.reset(); }

  bool ended() const { return ended_; }
  // Reads what is there now, without waiting.
  void Drain();
  // Returns what was written, without a trailing newline, and with a note if
  // some was dropped.
  std::string Text() const;

 private:
  OutputCapture(event::EventLoop* loop, size_t limit_bytes,
                std::function<void()> on_end)
      : loop_(loop), limit_bytes_(limit_bytes), on_end_(std::move(on_end)) {}
  void OnReadable();

  event::EventLoop* const loop_;
  const size_t limit_bytes_;
  const std::function<void()> on_end_;
  base::UniqueFd read_end_, write_end_;
  event::EventLoop::Token watch_ = 0;
  std::string text_;
  uint64_t dropped_bytes_ = 0;
  bool ended_ = false;
};

}  // namespace faas::runnerd

#endif  // FAAS_RUNNERD_CONTAINER_OUTPUT_CAPTURE_H_
