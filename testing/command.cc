#include "testing/command.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "absl/time/clock.h"
#include "common/base/unique_fd.h"
#include "testing/child_process.h"

namespace faas::testing {
namespace {

using base::UniqueFd;

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Pipe MakePipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return {};
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

// Standard input is a socket, because writing to a socket whose reader has gone
// can fail without SIGPIPE.
Pipe MakeSocketPair() {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) return {};
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

void ReadSome(UniqueFd* fd, std::string* out) {
  char buffer[65536];
  const ssize_t size = read(fd->get(), buffer, sizeof(buffer));
  if (size > 0) {
    out->append(buffer, size);
  } else if (size == 0 || errno != EINTR) {
    fd->reset();
  }
}

void WriteSome(UniqueFd* fd, absl::string_view* input) {
  const ssize_t size = send(fd->get(), input->data(), input->size(),
                            MSG_NOSIGNAL | MSG_DONTWAIT);
  if (size >= 0) {
    input->remove_prefix(size);
  } else if (errno != EAGAIN && errno != EINTR) {
    *input = {};
  }
  if (input->empty()) fd->reset();
}

// Returns false at the deadline.
bool Communicate(UniqueFd* in, UniqueFd* out, UniqueFd* err,
                 absl::string_view input, absl::Time deadline,
                 CommandResult* result) {
  if (input.empty()) in->reset();
  while (in->valid() || out->valid() || err->valid()) {
    // poll(2) skips negative descriptors.
    pollfd fds[] = {{in->get(), POLLOUT, 0},
                    {out->get(), POLLIN, 0},
                    {err->get(), POLLIN, 0}};
    const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
    if (left <= 0) return false;
    poll(fds, 3, static_cast<int>(std::min<int64_t>(left, 1000)));
    if (fds[0].revents != 0) WriteSome(in, &input);
    if (fds[1].revents != 0) ReadSome(out, &result->out);
    if (fds[2].revents != 0) ReadSome(err, &result->err);
  }
  return true;
}

}  // namespace

CommandResult RunCommand(const std::vector<std::string>& argv,
                         absl::string_view input,
                         const CommandOptions& options) {
  CommandResult result;
  const absl::Time deadline = absl::Now() + options.timeout;
  Pipe in = MakeSocketPair();
  Pipe out = MakePipe();
  Pipe err = MakePipe();
  ChildOptions child_options;
  child_options.stdin_fd =
      options.stdin_fd < 0 ? in.read_end.get() : options.stdin_fd;
  child_options.stdout_fd = out.write_end.get();
  child_options.stderr_fd = err.write_end.get();
  child_options.env = options.env;
  child_options.working_dir = options.working_dir;
  absl::StatusOr<Child> child = Child::Start(argv, child_options);
  if (!child.ok()) {
    result.exit_code = 127;
    result.err = std::string(child.status().message());
    return result;
  }
  in.read_end.reset();
  out.write_end.reset();
  err.write_end.reset();
  Communicate(&in.write_end, &out.read_end, &err.read_end, input, deadline,
              &result);
  if (!child->Wait(deadline)) {
    child->Kill(SIGKILL);
    child->Wait(absl::InfiniteFuture());
    return result;
  }
  result.exit_code = *child->exit_code();
  return result;
}

}  // namespace faas::testing
