#include "extractor/client/extractor_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/log/log.h"
#include "extractor/protocol/extractor_arguments.h"
#include "extractor/protocol/extractor_program.h"

namespace faas::extractor {
namespace {

using base::UniqueFd;

// How long an extractor with nothing left to do may take to end.
constexpr int kPatienceMs = 10'000;

struct Ends {
  UniqueFd ours;
  UniqueFd theirs;
};

absl::StatusOr<Ends> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe");
  Ends result = {UniqueFd(ends[1]), UniqueFd(ends[0])};
  fcntl(ends[1], F_SETPIPE_SZ, static_cast<int>(ExtractorProgram::kPipeBytes));
  if (fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0) {
    return base::ErrnoStatus("set the archive's pipe");
  }
  return result;
}

absl::StatusOr<Ends> MakeSocket() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return base::ErrnoStatus("socketpair");
  }
  return Ends{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Returns how many descriptors an extractor needs: for the stored layers that
// it is told of, for a deep tree, for the views of an image's layers, and for
// itself.
uint64_t OpenFiles(const image::Limits& limits) {
  return ExtractorProcess::kMaxStored + 2 * limits.depth + 4 * limits.layers +
         64;
}

bool AwaitEvent(int fd, int timeout_ms) {
  pollfd event = {.fd = fd, .events = POLLIN};
  while (true) {
    const int ready = poll(&event, 1, timeout_ms);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

// Waits until the sandbox has ended. Only the sandbox has the other end of the
// socket, so that the stream ends with the sandbox's last thread.
void AwaitEndOfStream(int socket) {
  char buffer[4096];
  while (true) {
    const ssize_t n = recv(socket, buffer, sizeof(buffer), 0);
    if (n == 0 || (n < 0 && errno != EINTR)) return;
  }
}

}  // namespace

absl::StatusOr<ExtractorProcess> ExtractorProcess::Start(
    const Options& options) {
  ASSIGN_OR_RETURN(Ends pipe, MakePipe());
  ASSIGN_OR_RETURN(Ends socket, MakeSocket());
  // The numbers must be other than those that the extractor gets them under,
  // because dup2 would do nothing for the same number, or close another one.
  const int above = ExtractorProgram::kSocket + 1;
  const UniqueFd archive(fcntl(pipe.theirs.get(), F_DUPFD_CLOEXEC, above));
  const UniqueFd messages(fcntl(socket.theirs.get(), F_DUPFD_CLOEXEC, above));
  if (!archive.valid() || !messages.valid()) return base::ErrnoStatus("dup");
  const ExtractorArguments arguments = {
      .root = options.staging,
      .id_base = options.id_base,
      .layer_bytes = options.limits.layer_bytes,
      .zstd_window_log = options.limits.zstd_window_log,
      .open_files = OpenFiles(options.limits),
      .parent = getpid()};
  ASSIGN_OR_RETURN(
      process::Child child,
      process::Spawn({.args = arguments.ToCommandLine(options.program),
                      .fds = {{ExtractorProgram::kArchive, archive.get()},
                              {ExtractorProgram::kSocket, messages.get()}}}));
  return ExtractorProcess(std::move(child), std::move(pipe.ours),
                          std::move(socket.ours));
}

ExtractorProcess::~ExtractorProcess() {
  if (!child_.valid() || !child_.IsOurs()) return;
  const auto status = End();
  if (!status.ok()) {
    log::Line("extract", std::string(status.status().message()));
  }
}

absl::StatusOr<process::ExitStatus> ExtractorProcess::End() {
  pipe_ = UniqueFd();
  RETURN_IF_ERROR(child_.Signal(SIGKILL));
  AwaitEvent(child_.pidfd(), -1);
  // The kernel kills the sandbox when the process outside of it ends.
  AwaitEndOfStream(socket_.get());
  ASSIGN_OR_RETURN(const auto status, child_.Reap());
  return status.value_or(process::ExitStatus());
}

absl::StatusOr<process::ExitStatus> ExtractorProcess::AwaitEnd() {
  AwaitEvent(child_.pidfd(), kPatienceMs);
  return End();
}

}  // namespace faas::extractor
