#include "common/process/run_to_end.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status_macros.h"

namespace faas::process {
namespace {

// Waits for `child` until `deadline`, and returns whether it has ended.
bool Wait(const Child& child, absl::Time deadline) {
  pollfd ended = {.fd = child.pidfd(), .events = POLLIN};
  while (true) {
    const absl::Duration left =
        std::max(deadline - absl::Now(), absl::ZeroDuration());
    const int timeout = deadline == absl::InfiniteFuture()
                            ? -1
                            : static_cast<int>(absl::ToInt64Milliseconds(
                                  absl::Ceil(left, absl::Milliseconds(1))));
    const int ready = poll(&ended, 1, timeout);
    if (ready >= 0 || errno != EINTR) return ready > 0;
  }
}

}  // namespace

absl::StatusOr<ExitStatus> RunToEnd(const SpawnOptions& options,
                                    absl::Duration timeout) {
  ASSIGN_OR_RETURN(Child child, Spawn(options));
  const bool ended = Wait(child, absl::Now() + timeout);
  if (!ended) {
    static_cast<void>(child.Signal(SIGKILL));
    Wait(child, absl::InfiniteFuture());
  }
  ASSIGN_OR_RETURN(const absl::optional<ExitStatus> status, child.Reap());
  if (!ended || !status.has_value()) {
    return absl::DeadlineExceededError(
        absl::StrCat("\"", options.args[0], "\" takes longer than ",
                     absl::FormatDuration(timeout)));
  }
  return *status;
}

}  // namespace faas::process
