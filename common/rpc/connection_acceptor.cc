#include "common/rpc/connection_acceptor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/errno_status.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"

namespace faas::rpc {
namespace {

// The pause after an accept that failed for want of descriptors or memory.
// Without it the thread would spin.
constexpr int kPauseMs = 100;
// At most one line of a kind is logged in this time.
constexpr absl::Duration kQuiet = absl::Seconds(1);
// This many connections may be accepted before the other listeners have a turn.
constexpr int kTurn = 64;

// Returns `limits` with so few connections that all groups together leave half
// of the descriptors to the daemon's own work.
Limits Bounded(Limits limits, size_t groups) {
  rlimit files = {};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    limits.connections =
        std::min<size_t>(limits.connections, files.rlim_cur / (2 * groups));
  }
  return limits;
}

std::string WhatToDo(const AccessPolicy& policy) {
  return policy.group == 0
             ? "use sudo"
             : absl::StrCat("members of group ", policy.group,
                            " may (sudo usermod -aG ", policy.group,
                            " USER, then log in again), or use sudo");
}

}  // namespace

absl::StatusOr<std::unique_ptr<ConnectionAcceptor>> ConnectionAcceptor::Start(
    std::vector<ListenerGroup> groups, const Limits& limits) {
  base::UniqueFd stop(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!stop.valid()) return base::ErrnoStatus("eventfd");
  const Limits bounded = Bounded(limits, groups.size());
  auto keeper = std::unique_ptr<ConnectionAcceptor>(
      new ConnectionAcceptor(std::move(groups), bounded, std::move(stop)));
  keeper->thread_ = std::thread([self = keeper.get()] { self->Run(); });
  return keeper;
}

ConnectionAcceptor::ConnectionAcceptor(std::vector<ListenerGroup> groups,
                                       const Limits& limits,
                                       base::UniqueFd stop)
    : limits_(limits), own_uid_(geteuid()), stop_(std::move(stop)) {
  for (ListenerGroup& group : groups)
    groups_.push_back({.group = std::move(group)});
}

ConnectionAcceptor::~ConnectionAcceptor() {
  eventfd_write(stop_.get(), 1);
  thread_.join();
}

void ConnectionAcceptor::Run() {
  std::vector<pollfd> waits = {{.fd = stop_.get(), .events = POLLIN}};
  std::vector<std::pair<Watched*, const Listener*>> listeners;
  for (Watched& watched : groups_) {
    for (const Listener& listener : watched.group.listeners) {
      waits.push_back({.fd = listener.fd(), .events = POLLIN});
      listeners.emplace_back(&watched, &listener);
    }
  }
  bool paused = false;
  while (true) {
    const int ready = paused ? poll(waits.data(), 1, kPauseMs)
                             : poll(waits.data(), waits.size(), -1);
    if (waits[0].revents != 0) return;
    const bool was_paused = std::exchange(paused, false);
    if (was_paused || ready <= 0) continue;
    for (size_t i = 0; i < listeners.size(); ++i) {
      if (waits[i + 1].revents == 0) continue;
      paused |= !AcceptAll(*listeners[i].first, *listeners[i].second);
    }
  }
}

bool ConnectionAcceptor::AcceptAll(Watched& watched, const Listener& listener) {
  for (int i = 0; i < kTurn; ++i) {
    absl::StatusOr<base::UniqueFd> connection = ipc::Accept(listener.fd());
    if (connection.ok()) {
      Admit(watched, listener, *std::move(connection));
      continue;
    }
    if (absl::IsUnavailable(connection.status())) return true;
    Say(failures_,
        absl::StrCat(listener.name(), ": ", connection.status().message(),
                     "; connections wait"));
    return false;
  }
  return true;
}

void ConnectionAcceptor::Admit(Watched& watched, const Listener& listener,
                               base::UniqueFd connection) {
  const ListenerGroup& group = watched.group;
  if (!group.policy.has_value()) {
    if (!HasRoom(watched, listener, std::nullopt)) return;
    GiveTo(group.full.get(), watched, listener, std::move(connection), 0);
    return;
  }
  const absl::StatusOr<Peer> peer = PeerOf(connection.get());
  if (!peer.ok()) {
    Say(failures_,
        absl::StrCat(listener.name(), ": ", peer.status().message()));
    return;
  }
  const Access access = AccessOf(*peer, *group.policy, own_uid_);
  if (access == Access::kNone) {
    Say(refusals_,
        absl::StrCat(listener.name(), ": refused user ", peer->uid,
                     " (process ", peer->pid, "): ", WhatToDo(*group.policy)));
    return;
  }
  // Root gets in, however many others there are.
  if (access != Access::kOwner && !HasRoom(watched, listener, peer->uid)) {
    return;
  }
  Acceptor* acceptor = access == Access::kOwner  ? group.owner.get()
                       : access == Access::kFull ? group.full.get()
                                                 : group.read_only.get();
  GiveTo(acceptor, watched, listener, std::move(connection), peer->uid);
}

bool ConnectionAcceptor::HasRoom(Watched& watched, const Listener& listener,
                                 std::optional<uid_t> uid) {
  const absl::Time now = absl::Now();
  if (!watched.open.HasRoom(limits_.connections, now)) {
    Say(floods_, absl::StrCat(listener.name(),
                              ": closed a connection: ", limits_.connections,
                              " are open already (--max_api_connections)"));
    return false;
  }
  if (uid.has_value() &&
      !watched.open.HasRoomFor(*uid, limits_.connections_per_uid, now)) {
    Say(floods_, absl::StrCat(listener.name(), ": closed a connection: user ",
                              *uid, " has ", limits_.connections_per_uid,
                              " already (--max_api_connections_per_uid)"));
    return false;
  }
  return true;
}

void ConnectionAcceptor::GiveTo(Acceptor* acceptor, Watched& watched,
                                const Listener& listener,
                                base::UniqueFd connection, uid_t uid) {
  if (acceptor != watched.group.owner.get()) {
    watched.open.Add(connection.get(), uid);
  }
  Acceptor::NewConnectionParameters parameters;
  parameters.listener_fd = listener.fd();
  parameters.fd = connection.release();
  acceptor->HandleNewConnection(&parameters);
}

void ConnectionAcceptor::Say(Quiet& quiet, const std::string& line) {
  const absl::Time now = absl::Now();
  if (now < quiet.until) {
    ++quiet.dropped;
    return;
  }
  const size_t dropped = std::exchange(quiet.dropped, 0);
  quiet.until = now + kQuiet;
  log::Line("api", dropped == 0
                       ? line
                       : absl::StrCat(line, " (and ", dropped, " more)"));
}

}  // namespace faas::rpc
