#include "runnerd/host/runtime_query.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/process/child.h"

namespace faas::runnerd {
namespace {

constexpr size_t kMaxOutputBytes = 64 << 10;
// How long a killed process may take to end. It ends at once unless the kernel
// keeps it.
constexpr absl::Duration kKillTime = absl::Seconds(1);

int MillisecondsUntil(absl::Time deadline) {
  return static_cast<int>(std::max<int64_t>(
      0, absl::ToInt64Milliseconds(
             absl::Ceil(deadline - absl::Now(), absl::Milliseconds(1)))));
}

// Returns what the child writes until it ends. The end of the pipe would be too
// late, because a process that the child has started may keep the pipe open.
// DEADLINE_EXCEEDED if the child has not ended by `deadline`.
absl::StatusOr<std::string> ReadUntilEnd(const process::Child& child,
                                         base::UniqueFd output,
                                         absl::Time deadline) {
  std::string text;
  for (;;) {
    pollfd fds[] = {{.fd = output.get(), .events = POLLIN},
                    {.fd = child.pidfd(), .events = POLLIN}};
    const int ready = poll(fds, 2, MillisecondsUntil(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return base::ErrnoStatus("poll");
    if (ready == 0) return absl::DeadlineExceededError("it has not ended");
    if (fds[0].revents == 0) return text;
    char buffer[4096];
    const ssize_t n = read(output.get(), buffer, sizeof(buffer));
    if (n > 0) text.append(buffer, n);
    // A child that writes on after this gets an error.
    if (n <= 0 || text.size() >= kMaxOutputBytes) output.reset();
  }
}

}  // namespace

absl::StatusOr<std::string> AskRuntime(const std::vector<std::string>& words,
                                       absl::Duration timeout) {
  const std::string command = absl::StrJoin(words, " ");
  const auto failed = [&](absl::string_view what) {
    return absl::FailedPreconditionError(
        absl::StrCat("runtime \"", words[0], "\" cannot be used: ", what,
                     "; run \"", command, "\" to see why"));
  };
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return base::ErrnoStatus("pipe2");
  base::UniqueFd output(ends[0]);
  base::UniqueFd input(ends[1]);
  ASSIGN_OR_RETURN(const auto dev_null, fs::Open("/dev/null", O_RDONLY));
  auto child = process::Spawn({.args = words,
                               .fds = {{0, dev_null.get()}, {1, input.get()}},
                               .own_group = true});
  if (!child.ok()) return failed(child.status().message());
  input.reset();
  const auto text =
      ReadUntilEnd(*child, std::move(output), absl::Now() + timeout);
  // This also kills what the command has left behind. The child has not been
  // reaped, so the number of the group cannot be another's.
  child->KillGroup();
  pollfd ended = {.fd = child->pidfd(), .events = POLLIN};
  while (poll(&ended, 1, MillisecondsUntil(absl::Now() + kKillTime)) < 0 &&
         errno == EINTR) {
  }
  const auto status = child->Reap();
  if (absl::IsDeadlineExceeded(text.status())) {
    return failed(absl::StrCat("\"", command, "\" did not end within ",
                               absl::FormatDuration(timeout)));
  }
  RETURN_IF_ERROR(text.status());
  RETURN_IF_ERROR(status.status());
  if (!status->has_value() || (*status)->code != 0) {
    return failed(absl::StrCat("\"", command, "\" failed"));
  }
  return text;
}

}  // namespace faas::runnerd
