#include "runnerd/container/handler_acceptor.h"

#include <sys/epoll.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"

namespace faas::runnerd {
namespace {

// The pause after an attempt that failed for want of a descriptor.
constexpr absl::Duration kControlRetryInterval = absl::Milliseconds(20);

}  // namespace

void HandlerAcceptor::Start(int listener) {
  listener_ = listener;
  Watch();
}

void HandlerAcceptor::Stop() {
  environment_.loop->Unwatch(watch_);
  environment_.loop->CancelTimer(retry_timer_);
}

void HandlerAcceptor::Watch() {
  const auto watch = environment_.loop->Watch(
      listener_, EPOLLIN, [this](uint32_t) { OnReadable(); });
  if (watch.ok()) {
    watch_ = *watch;
  } else {
    WatchLater();
  }
}

void HandlerAcceptor::WatchLater() {
  retry_timer_ =
      environment_.loop->After(kControlRetryInterval, [this] { Watch(); });
}

void HandlerAcceptor::OnReadable() {
  absl::StatusOr<base::UniqueFd> control = ipc::Accept(listener_);
  if (absl::IsResourceExhausted(control.status())) {
    // epoll would report the listener again at once. The deadline of the
    // start goes on meanwhile.
    environment_.loop->Unwatch(watch_);
    WatchLater();
  }
  if (!control.ok() || !IsHandler(control->get())) return;
  Stop();
  log::Line("request", "Container connected to control socket");
  on_handler_(*std::move(control));
}

// Only root and the container can reach the socket. This check is for the day
// when that is no longer so.
bool HandlerAcceptor::IsHandler(int control) const {
  const absl::StatusOr<ucred> peer = ipc::PeerCredentials(control);
  if (peer.ok() && environment_.cgroups->Has(id_, peer->pid)) return true;
  log::Line("request",
            peer.ok()
                ? absl::StrCat("Process ", peer->pid, " of user ", peer->uid,
                               " connected to the control socket of ", id_,
                               ", and is not in the container; refused it")
                : std::string(peer.status().message()));
  return false;
}

}  // namespace faas::runnerd
