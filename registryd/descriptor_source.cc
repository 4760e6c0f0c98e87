#include "registryd/descriptor_source.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"

namespace faas::registryd {
namespace {

constexpr size_t kChunkBytes = 256 * 1024;
// What a pipe may hold, so that its writer is not woken for every 64 KiB.
constexpr int kPipeBytes = 1 << 20;
// How soon it is noticed that the client has gone.
constexpr int kCheckMs = 200;

bool IsPipe(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

// A pipe opened once more: not to wait for bytes that another reader was given
// is a property of an open file, which the client shares with us.
base::UniqueFd OpenForUs(base::UniqueFd archive) {
  if (!IsPipe(archive.get())) return archive;
  base::UniqueFd own(open(absl::StrCat("/proc/self/fd/", archive.get()).c_str(),
                          O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  return own.valid() ? std::move(own) : std::move(archive);
}

}  // namespace

DescriptorSource::DescriptorSource(base::UniqueFd archive,
                                   std::function<bool()> cancelled)
    : archive_(OpenForUs(std::move(archive))),
      is_pipe_(IsPipe(archive_.get())),
      cancelled_(std::move(cancelled)),
      buffer_(kChunkBytes, '\0') {
  if (is_pipe_) fcntl(archive_.get(), F_SETPIPE_SZ, kPipeBytes);
}

absl::StatusOr<absl::string_view> DescriptorSource::Next() {
  while (true) {
    if (cancelled_()) return absl::CancelledError("the upload was broken off");
    if (is_pipe_) {
      pollfd readable = {.fd = archive_.get(), .events = POLLIN};
      const int ready = poll(&readable, 1, kCheckMs);
      if (ready < 0 && errno != EINTR) return base::ErrnoStatus("poll");
      if (ready <= 0) continue;
    }
    const ssize_t n = read(archive_.get(), buffer_.data(), buffer_.size());
    if (n >= 0) return absl::string_view(buffer_.data(), n);
    if (errno != EINTR && errno != EAGAIN) {
      return base::ErrnoStatus("read the archive");
    }
  }
}

}  // namespace faas::registryd
