#include "gatewayd/farewell.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace faas::gatewayd {

Farewell::~Farewell() {
  while (!lingering_.empty()) End(lingering_.begin()->first);
}

void Farewell::Say(base::UniqueFd fd, const std::string& response) {
  // It fits into any socket's empty buffer; a client that is gone gets nothing.
  const ssize_t n = send(fd.get(), response.data(), response.size(),
                         MSG_DONTWAIT | MSG_NOSIGNAL);
  if (n != static_cast<ssize_t>(response.size())) return;
  shutdown(fd.get(), SHUT_WR);
  if (lingering_.size() >= kMaxLingering) return;
  const uint64_t id = next_id_++;
  const auto watch =
      loop_->Watch(fd.get(), EPOLLIN, [this, id](uint32_t) { OnReadable(id); });
  if (!watch.ok()) return;
  const auto timer = loop_->After(kLingerTime, [this, id] { End(id); });
  lingering_.emplace(id, Lingering{std::move(fd), *watch, timer});
}

void Farewell::OnReadable(uint64_t id) {
  Lingering& connection = lingering_.at(id);
  char dropped[16384];
  const ssize_t n =
      recv(connection.fd.get(), dropped, sizeof(dropped), MSG_DONTWAIT);
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (n > 0) connection.dropped_bytes += n;
  if (n <= 0 || connection.dropped_bytes > kLingerBytes) End(id);
}

void Farewell::End(uint64_t id) {
  const auto it = lingering_.find(id);
  loop_->Unwatch(it->second.watch);
  loop_->CancelTimer(it->second.timer);
  lingering_.erase(it);
}

}  // namespace faas::gatewayd
