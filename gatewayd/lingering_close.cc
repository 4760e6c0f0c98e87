#include "gatewayd/lingering_close.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace faas::gatewayd {
namespace {

// Sends the response and ends the stream. Returns whether all of the response
// was sent: it fits into the empty buffer of any socket, so a part of it means
// that the client has gone. MSG_MORE puts the response and the end of the
// stream into one segment, which halves the work for both network stacks.
bool SendLast(int fd, const std::string& response) {
  const ssize_t n = send(fd, response.data(), response.size(),
                         MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE);
  if (n != static_cast<ssize_t>(response.size())) return false;
  shutdown(fd, SHUT_WR);
  return true;
}

// Reads and drops some of what has come. Returns the number of bytes, 0 at the
// end of the stream or after an error, or -1 if there is nothing to read now.
ssize_t DropSome(int fd) {
  char dropped[16384];
  const ssize_t n = recv(fd, dropped, sizeof(dropped), MSG_DONTWAIT);
  if (n < 0 && errno != EAGAIN && errno != EINTR) return 0;
  return n;
}

// Reads and drops all that has come, up to kLingerBytes, so that the close does
// not reset the connection.
void DropAll(int fd) {
  ssize_t n;
  for (size_t dropped = 0; dropped <= kLingerBytes; dropped += n) {
    n = DropSome(fd);
    if (n <= 0) return;
  }
}

}  // namespace

LingeringClose::~LingeringClose() {
  while (!lingering_.empty()) End(lingering_.begin()->first);
}

void LingeringClose::AnswerAndClose(base::UniqueFd fd,
                                    const std::string& response) {
  if (!SendLast(fd.get(), response)) return;
  if (lingering_.size() >= kMaxLingering) return DropAll(fd.get());
  const uint64_t id = next_id_++;
  const auto watch =
      loop_->Watch(fd.get(), EPOLLIN, [this, id](uint32_t) { OnReadable(id); });
  if (!watch.ok()) return DropAll(fd.get());  // epoll is out of memory.
  const auto timer = loop_->After(kLingerTime, [this, id] { End(id); });
  lingering_.emplace(id, Lingering{std::move(fd), *watch, timer});
}

void LingeringClose::AnswerAndCloseNow(base::UniqueFd fd,
                                       const std::string& response) {
  if (SendLast(fd.get(), response)) DropAll(fd.get());
}

void LingeringClose::OnReadable(uint64_t id) {
  Lingering& connection = lingering_.at(id);
  const ssize_t n = DropSome(connection.fd.get());
  if (n < 0) return;
  connection.dropped_bytes += n;
  if (n == 0 || connection.dropped_bytes > kLingerBytes) End(id);
}

void LingeringClose::End(uint64_t id) {
  const auto it = lingering_.find(id);
  loop_->Unwatch(it->second.watch);
  loop_->CancelTimer(it->second.timer);
  lingering_.erase(it);
}

}  // namespace faas::gatewayd
