#include "tests/security/byte_feed.h"

#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace faas::testing {
namespace {

// The stream is a socket, since a write to a socket without a reader can fail
// without SIGPIPE.
bool SendAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes.remove_prefix(n);
  }
  return true;
}

}  // namespace

ByteFeed::ByteFeed(std::function<void(const ByteSink&)> generate, End end) {
  int fds[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
    std::perror("socketpair");
    std::abort();
  }
  read_end_ = base::UniqueFd(fds[0]);
  write_end_ = base::UniqueFd(fds[1]);
  const int fd = write_end_.get();
  thread_ = std::thread([generate = std::move(generate), fd, end] {
    generate([fd](absl::string_view bytes) { return SendAll(fd, bytes); });
    if (end == End::kClose) shutdown(fd, SHUT_WR);
  });
}

ByteFeed::~ByteFeed() {
  read_end_.reset();
  thread_.join();
}

}  // namespace faas::testing
