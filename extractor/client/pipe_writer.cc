#include "extractor/client/pipe_writer.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "common/base/errno_status.h"
#include "common/base/status_macros.h"

namespace faas::extractor {
namespace {

// How often to check whether the client has gone.
constexpr int kCheckMs = 200;

}  // namespace

absl::StatusOr<bool> PipeWriter::Await(int source) {
  while (true) {
    if (cancelled_()) return absl::CancelledError("the upload was broken off");
    // The source comes first, because a pipe that is empty has space all the
    // time. POLLERR, which says that the pipe has no reader, is always
    // reported.
    pollfd events[2] = {
        {.fd = pipe_, .events = static_cast<short>(source < 0 ? POLLOUT : 0)},
        {.fd = source, .events = POLLIN}};
    const int ready = poll(events, 2, kCheckMs);
    if (ready < 0 && errno != EINTR) return base::ErrnoStatus("poll");
    if (ready <= 0) continue;
    if ((events[0].revents & POLLERR) != 0) return false;
    if (source < 0) return true;
    source = -1;
  }
}

absl::StatusOr<bool> PipeWriter::Write(absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(pipe_, bytes.data(), bytes.size());
    if (n > 0) {
      bytes.remove_prefix(n);
      continue;
    }
    if (errno == EPIPE) return false;
    if (errno != EAGAIN && errno != EINTR) {
      return base::ErrnoStatus("pass the archive on");
    }
    ASSIGN_OR_RETURN(const bool space, AwaitSpace());
    if (!space) return false;
  }
  return true;
}

}  // namespace faas::extractor
