#include "runnerd/admission/handoff_server.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/printable.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"
#include "handoff/handoff.h"

namespace faas::runnerd {
namespace {

// The longest detail of a REJECT, so that the message stays within its limit.
constexpr size_t kMaxDetailBytes = 1024;
// How many offers are taken in one turn of the loop, so that containers get
// their turn, too.
constexpr int kOffersPerTurn = 64;
constexpr absl::Duration kAcceptRetryInterval = absl::Milliseconds(20);

}  // namespace

absl::StatusOr<std::unique_ptr<HandoffServer>> HandoffServer::Listen(
    event::EventLoop* loop, const std::string& run_dir, uid_t gateway,
    Callbacks callbacks) {
  auto server = std::unique_ptr<HandoffServer>(
      new HandoffServer(loop, run_dir + "/" + handoff::kSocketName, gateway,
                        std::move(callbacks)));
  RETURN_IF_ERROR(server->Bind(run_dir));
  RETURN_IF_ERROR(server->WatchListener());
  return server;
}

absl::Status HandoffServer::Bind(const std::string& run_dir) {
  ASSIGN_OR_RETURN(const base::UniqueFd directory,
                   fs::Open(run_dir, O_PATH | O_DIRECTORY));
  ASSIGN_OR_RETURN(
      listener_,
      ipc::ListenAt(directory.get(), handoff::kSocketName, SOCK_SEQPACKET, 4));
  // Until here the umask has kept everybody else out.
  if (fchmodat(directory.get(), handoff::kSocketName, 0600, 0) != 0 ||
      fchownat(directory.get(), handoff::kSocketName, gateway_, -1,
               AT_SYMLINK_NOFOLLOW) != 0) {
    return base::ErrnoStatus(
        absl::StrCat("give \"handoff.sock\" to user ", gateway_));
  }
  return absl::OkStatus();
}

absl::Status HandoffServer::WatchListener() {
  ASSIGN_OR_RETURN(listener_watch_,
                   loop_->Watch(listener_.get(), EPOLLIN,
                                [this](uint32_t) { OnConnect(); }));
  return absl::OkStatus();
}

HandoffServer::~HandoffServer() {
  loop_->Unwatch(listener_watch_);
  loop_->Unwatch(channel_watch_);
  loop_->CancelTimer(retry_timer_);
  loop_->CancelTimer(accept_timer_);
  unlink(path_.c_str());
}

void HandoffServer::Close() {
  loop_->CancelTimer(accept_timer_);
  loop_->Unwatch(listener_watch_);
  listener_.reset();
  unlink(path_.c_str());
  if (channel_fd_.valid()) EndChannel();
}

// A new channel replaces the old one, because gatewayd has been restarted.
void HandoffServer::OnConnect() {
  absl::StatusOr<base::UniqueFd> fd = ipc::Accept(listener_.get());
  if (absl::IsResourceExhausted(fd.status())) {
    // epoll would report the listener again at once.
    loop_->Unwatch(listener_watch_);
    RetryAccepting();
  }
  if (!fd.ok()) return;
  const absl::StatusOr<ucred> peer = ipc::PeerCredentials(fd->get());
  if (!peer.ok()) {
    log::Line("handoff", std::string(peer.status().message()));
    return;
  }
  if (peer->uid != gateway_) {
    log::Line("handoff",
              absl::StrCat("refused user ", peer->uid, " (process ", peer->pid,
                           "), who is not gatewayd's, ", gateway_));
    return;
  }
  if (channel_fd_.valid()) EndChannel();
  channel_fd_ = *std::move(fd);
  ++channel_;
  const auto watch = loop_->Watch(channel_fd_.get(), EPOLLIN,
                                  [this](uint32_t) { OnReadable(); });
  if (!watch.ok()) {
    channel_fd_.reset();
    return;
  }
  channel_watch_ = *watch;
}

void HandoffServer::RetryAccepting() {
  accept_timer_ = loop_->After(kAcceptRetryInterval, [this] {
    if (!WatchListener().ok()) RetryAccepting();
  });
}

void HandoffServer::OnReadable() {
  for (int i = 0; i < kOffersPerTurn && channel_fd_.valid(); ++i) {
    absl::StatusOr<handoff::Incoming> incoming =
        handoff::Receive(channel_fd_.get());
    if (absl::IsUnavailable(incoming.status())) return;
    if (incoming.ok() && incoming->fd_lost) {
      log::Line("handoff", "out of descriptors; refused a connection");
      Reject(channel_, incoming->message.offer().connection_id(),
             internal::v1::Reject::REASON_OVERLOADED,
             "runnerd is out of descriptors");
      continue;
    }
    if (incoming.ok() && incoming->message.has_offer()) {
      callbacks_.on_offer(channel_, incoming->message.offer(),
                          std::move(incoming->fd));
      continue;
    }
    if (!incoming.ok()) {
      log::Line("handoff", std::string(incoming.status().message()));
    }
    EndChannel();
  }
}

void HandoffServer::EndChannel() {
  loop_->Unwatch(channel_watch_);
  channel_fd_.reset();
  rejects_.clear();
  callbacks_.on_end(channel_);
}

absl::Status HandoffServer::Commit(Channel channel, uint64_t connection_id) {
  if (channel != channel_ || !channel_fd_.valid()) {
    return absl::UnavailableError("the hand-off channel has ended");
  }
  internal::v1::HandoffMessage message;
  message.mutable_commit()->set_connection_id(connection_id);
  return handoff::Send(channel_fd_.get(), message);
}

void HandoffServer::Reject(Channel channel, uint64_t connection_id,
                           internal::v1::Reject::Reason reason,
                           const std::string& detail) {
  if (channel != channel_ || !channel_fd_.valid()) return;
  internal::v1::HandoffMessage& message = rejects_.emplace_back();
  message.mutable_reject()->set_connection_id(connection_id);
  message.mutable_reject()->set_reason(reason);
  // The detail may quote a handler or a runtime, and a proto string must be
  // UTF-8.
  message.mutable_reject()->set_detail(
      std::string(base::Truncated(base::Printable(detail), kMaxDetailBytes)));
  FlushRejects();
}

void HandoffServer::FlushRejects() {
  while (!rejects_.empty() && channel_fd_.valid()) {
    const absl::Status status =
        handoff::Send(channel_fd_.get(), rejects_.front());
    if (absl::IsResourceExhausted(status)) {
      loop_->CancelTimer(retry_timer_);
      retry_timer_ =
          loop_->After(kChannelRetryInterval, [this] { FlushRejects(); });
      return;
    }
    if (!status.ok()) return;  // OnReadable ends the channel
    rejects_.pop_front();
  }
}

}  // namespace faas::runnerd
