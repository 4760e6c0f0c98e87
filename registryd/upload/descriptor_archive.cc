#include "registryd/upload/descriptor_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"

namespace faas::registryd {
namespace {

constexpr size_t kChunkBytes = 1 << 20;
constexpr size_t kCopyBytes = 256 << 10;
// The size of the client's pipe, so that its writer is not woken for every 64
// KiB.
constexpr int kPipeBytes = 1 << 20;

bool IsPipe(int fd) {
  struct stat st;
  return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

}  // namespace

DescriptorArchive::DescriptorArchive(base::UniqueFd archive,
                                     std::function<bool()> cancelled)
    : archive_(std::move(archive)),
      is_pipe_(IsPipe(archive_.get())),
      cancelled_(std::move(cancelled)) {
  if (is_pipe_) fcntl(archive_.get(), F_SETPIPE_SZ, kPipeBytes);
}

absl::Status DescriptorArchive::WriteTo(int pipe) {
  extractor::PipeWriter writer(pipe, cancelled_);
  while (true) {
    ASSIGN_OR_RETURN(const bool wanted, is_pipe_
                                            ? writer.AwaitBytes(archive_.get())
                                            : writer.AwaitSpace());
    if (!wanted) return absl::OkStatus();
    // splice must not wait: another reader of a shared pipe may have taken the
    // bytes.
    const ssize_t n = splice(archive_.get(), nullptr, pipe, nullptr,
                             kChunkBytes, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (n > 0) continue;
    if (n == 0 || errno == EPIPE) return absl::OkStatus();
    if (errno == EINVAL) return Copy(writer);  // The file system has no splice.
    if (errno != EINTR && errno != EAGAIN) {
      return base::ErrnoStatus("read the archive");
    }
  }
}

absl::Status DescriptorArchive::Copy(extractor::PipeWriter& writer) {
  std::string buffer(kCopyBytes, '\0');
  while (true) {
    const ssize_t n = read(archive_.get(), buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::ErrnoStatus("read the archive");
    if (n == 0) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool written,
                     writer.Write(absl::string_view(buffer.data(), n)));
    if (!written) return absl::OkStatus();
  }
}

}  // namespace faas::registryd
