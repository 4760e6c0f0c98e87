#include "gatewayd/handoff_client.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"
#include "handoff/gateway_end.h"

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
    const absl::StatusOr<std::optional<handoff::Answer>> answer =
        handoff::ReceiveAnswer(channel_.get());
    if (absl::IsUnavailable(answer.status())) return;
    if (answer.ok() && answer->has_value()) {
      Handle(**answer);
      continue;
    }
    if (!answer.ok()) {
      log::Line("handoff", std::string(answer.status().message()));
    }
    Drop();
  }
}

void HandoffClient::Handle(const handoff::Answer& answer) {
  if (const auto* commit = std::get_if<handoff::Commit>(&answer)) {
    callbacks_.on_commit(*commit);
  } else {
    callbacks_.on_reject(std::get<handoff::Reject>(answer));
  }
}

absl::Status HandoffClient::Offer(const handoff::Offer& offer, int fd) {
  if (!up()) return absl::UnavailableError("runnerd is not connected");
  return handoff::SendOffer(channel_.get(), offer, fd);
}

void HandoffClient::Drop() {
  if (!up()) return;
  // From here on runnerd cannot commit any more. What it has committed before
  // counts, even if it comes after a message that breaks the protocol.
  shutdown(channel_.get(), SHUT_RD);
  while (true) {
    const absl::StatusOr<std::optional<handoff::Answer>> answer =
        handoff::ReceiveAnswer(channel_.get());
    if (absl::IsDataLoss(answer.status())) continue;
    if (!answer.ok() || !answer->has_value()) break;
    Handle(**answer);
  }
  loop_->Unwatch(watch_);
  channel_.reset();
  reserve_.Refill();  // Before a connection takes the channel's descriptor.
  timer_ = loop_->After(kReconnectInterval, [this] { TryConnect(); });
  callbacks_.on_down();
}

}  // namespace faas::gatewayd
