#include "gatewayd/handoff_client.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"
#include "handoff/handoff.h"

namespace faas::gatewayd {

HandoffClient::HandoffClient(event::EventLoop* loop, std::string socket_path,
                             Callbacks callbacks)
    : loop_(loop),
      socket_path_(std::move(socket_path)),
      callbacks_(std::move(callbacks)) {
  timer_ = loop_->After(absl::ZeroDuration(), [this] { TryConnect(); });
}

HandoffClient::~HandoffClient() {
  loop_->Unwatch(watch_);
  loop_->CancelTimer(timer_);
}

void HandoffClient::TryConnect() {
  reserve_.Release();
  absl::StatusOr<base::UniqueFd> channel =
      ipc::Connect(socket_path_, SOCK_SEQPACKET);
  reserve_.Refill();
  if (channel.ok()) {
    auto watch = loop_->Watch(channel->get(), EPOLLIN,
                              [this](uint32_t) { OnReadable(); });
    if (watch.ok()) {
      channel_ = *std::move(channel);
      watch_ = *watch;
      callbacks_.on_up();
      return;
    }
  }
  timer_ = loop_->After(kReconnectInterval, [this] { TryConnect(); });
}

void HandoffClient::OnReadable() {
  while (up()) {
    absl::StatusOr<handoff::Incoming> incoming =
        handoff::Receive(channel_.get());
    if (absl::IsUnavailable(incoming.status())) return;
    if (!incoming.ok() || incoming->end || !Handle(incoming->message)) {
      if (!incoming.ok()) {
        log::Line("handoff", std::string(incoming.status().message()));
      }
      Drop();
    }
  }
}

bool HandoffClient::Handle(const internal::v1::HandoffMessage& message) {
  if (message.has_commit()) {
    callbacks_.on_commit(message.commit());
  } else if (message.has_reject()) {
    callbacks_.on_reject(message.reject());
  }
  return message.has_commit() || message.has_reject();
}

absl::Status HandoffClient::Offer(const internal::v1::HandoffMessage& message,
                                  int fd) {
  if (!up()) return absl::UnavailableError("runnerd is not connected");
  return handoff::Send(channel_.get(), message, fd);
}

void HandoffClient::Drop() {
  if (!up()) return;
  // From here on runnerd cannot commit any more. What it has committed before
  // counts, even if it comes after a message that breaks the protocol.
  shutdown(channel_.get(), SHUT_RD);
  while (true) {
    const absl::StatusOr<handoff::Incoming> incoming =
        handoff::Receive(channel_.get());
    if (absl::IsDataLoss(incoming.status())) continue;
    if (!incoming.ok() || incoming->end) break;
    Handle(incoming->message);
  }
  loop_->Unwatch(watch_);
  channel_.reset();
  reserve_.Refill();  // Before a connection takes the channel's descriptor.
  timer_ = loop_->After(kReconnectInterval, [this] { TryConnect(); });
  callbacks_.on_down();
}

}  // namespace faas::gatewayd
