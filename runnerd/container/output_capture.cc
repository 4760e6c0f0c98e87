#include "runnerd/container/output_capture.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"

namespace faas::runnerd {
namespace {

// How often Drain reads at most: a container that floods its output must not
// keep the loop from the others.
constexpr int kReadsPerTurn = 4;

}  // namespace

absl::StatusOr<std::unique_ptr<OutputCapture>> OutputCapture::Create(
    event::EventLoop* loop, size_t limit_bytes, std::function<void()> on_end) {
  auto capture = std::unique_ptr<OutputCapture>(
      new OutputCapture(loop, limit_bytes, std::move(on_end)));
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe2");
  capture->read_end_ = base::UniqueFd(ends[0]);
  capture->write_end_ = base::UniqueFd(ends[1]);
  // The container's end stays blocking, as programs expect it.
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  OutputCapture* self = capture.get();
  ASSIGN_OR_RETURN(
      self->watch_,
      loop->Watch(ends[0], EPOLLIN, [self](uint32_t) { self->OnReadable(); }));
  return capture;
}

OutputCapture::~OutputCapture() { loop_->Unwatch(watch_); }

void OutputCapture::Drain() {
  char buffer[65536];
  for (int i = 0; i < kReadsPerTurn && !ended_; ++i) {
    const ssize_t n = read(read_end_.get(), buffer, sizeof(buffer));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) {
      ended_ = true;
      loop_->Unwatch(watch_);
      return;
    }
    const size_t kept =
        std::min(static_cast<size_t>(n), limit_bytes_ - text_.size());
    text_.append(buffer, kept);
    dropped_bytes_ += n - kept;
  }
}

void OutputCapture::OnReadable() {
  Drain();
  if (ended_) on_end_();  // may destroy this
}

std::string OutputCapture::Text() const {
  std::string text(absl::StripSuffix(text_, "\n"));
  if (dropped_bytes_ > 0) {
    absl::StrAppend(&text, "\n[", dropped_bytes_, " more bytes dropped]");
  }
  return text;
}

}  // namespace faas::runnerd
