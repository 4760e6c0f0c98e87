#include "common/rpc/open_connections.h"

#include <sys/socket.h>

#include <optional>

namespace faas::rpc {
namespace {

// Returns nothing if `fd` is closed or is no socket.
std::optional<uint64_t> CookieOf(int fd) {
  uint64_t cookie = 0;
  socklen_t size = sizeof(cookie);
  if (getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &size) != 0) {
    return std::nullopt;
  }
  return cookie;
}

}  // namespace

void OpenConnections::Add(int fd, uid_t uid) {
  // The number may belong to a connection that has ended since the last look.
  if (const auto old = connections_.find(fd); old != connections_.end()) {
    --of_uid_[old->second.uid];
  }
  connections_[fd] = {.cookie = CookieOf(fd).value_or(0), .uid = uid};
  ++of_uid_[uid];
}

size_t OpenConnections::Count() {
  for (auto each = connections_.begin(); each != connections_.end();) {
    if (CookieOf(each->first) == each->second.cookie) {
      ++each;
      continue;
    }
    const auto count = of_uid_.find(each->second.uid);
    if (--count->second == 0) of_uid_.erase(count);
    each = connections_.erase(each);
  }
  return connections_.size();
}

void OpenConnections::Look(absl::Time now) {
  if (now - looked_ < kCheckEvery) return;
  looked_ = now;
  Count();
}

bool OpenConnections::HasRoom(size_t limit, absl::Time now) {
  if (connections_.size() >= limit) Look(now);
  return connections_.size() < limit;
}

bool OpenConnections::HasRoomFor(uid_t uid, size_t limit, absl::Time now) {
  const auto count = [&] {
    const auto found = of_uid_.find(uid);
    return found == of_uid_.end() ? 0 : found->second;
  };
  if (count() >= limit) Look(now);
  return count() < limit;
}

}  // namespace faas::rpc
