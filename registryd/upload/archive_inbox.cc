#include "registryd/upload/archive_inbox.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/ipc/unix_socket.h"
#include "common/log/log.h"
#include "common/rpc/status.h"
#include "handoff/upload_socket.h"

namespace faas::registryd {
namespace {

constexpr int kBacklog = 16;
constexpr mode_t kSocketMode = 0660;
constexpr absl::Duration kAcceptRetry = absl::Milliseconds(200);

absl::Status InvalidRequest(absl::string_view message) {
  return rpc::WithReason(absl::InvalidArgumentError(message),
                         "INVALID_REQUEST");
}

// Says whether registryd reads the descriptor itself. Reading a device could do
// more than return bytes, and with registryd's privileges instead of the
// client's. A file of a FUSE file system is served by a program that may never
// answer. The client sends the bytes of what is not accepted.
bool IsTaken(int fd) {
  struct stat st;
  struct statfs file_system;
  const int flags = fcntl(fd, F_GETFL);
  return fstat(fd, &st) == 0 && fstatfs(fd, &file_system) == 0 && flags >= 0 &&
         (flags & O_PATH) == 0 && (flags & O_ACCMODE) != O_WRONLY &&
         file_system.f_type != FUSE_SUPER_MAGIC &&
         (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ArchiveInbox>> ArchiveInbox::Open(
    const std::string& run_dir, gid_t group) {
  ASSIGN_OR_RETURN(const base::UniqueFd directory,
                   fs::Open(run_dir, O_RDONLY | O_DIRECTORY));
  ASSIGN_OR_RETURN(base::UniqueFd listener,
                   ipc::ListenAt(directory.get(), handoff::kUploadSocket,
                                 SOCK_SEQPACKET, kBacklog));
  const std::string path = absl::StrCat(run_dir, "/", handoff::kUploadSocket);
  // The group comes first, because the mode must not let another group in.
  if (chown(path.c_str(), -1, group) != 0 ||
      chmod(path.c_str(), kSocketMode) != 0) {
    return base::ErrnoStatus(absl::StrCat("give \"", path, "\" to its group"));
  }
  ASSIGN_OR_RETURN(auto loop, event::EventLoop::Create());
  auto inbox = std::unique_ptr<ArchiveInbox>(
      new ArchiveInbox(path, std::move(listener), std::move(loop)));
  RETURN_IF_ERROR(
      inbox->loop_
          ->Watch(inbox->listener_.get(), EPOLLIN,
                  [self = inbox.get()](uint32_t) { self->AcceptClients(); })
          .status());
  inbox->thread_ = std::thread([self = inbox.get()] { self->loop_->Run(); });
  return inbox;
}

ArchiveInbox::ArchiveInbox(std::string socket_path, base::UniqueFd listener,
                           std::unique_ptr<event::EventLoop> loop)
    : socket_path_(std::move(socket_path)),
      listener_(std::move(listener)),
      loop_(std::move(loop)) {}

ArchiveInbox::~ArchiveInbox() {
  loop_->Stop();
  if (thread_.joinable()) thread_.join();
  unlink(socket_path_.c_str());
}

void ArchiveInbox::WatchListener() {
  const auto watch = loop_->Watch(listener_.get(), EPOLLIN,
                                  [this](uint32_t) { AcceptClients(); });
  if (watch.ok()) {
    watch_ = *watch;
  } else {
    loop_->After(kAcceptRetry, [this] { WatchListener(); });
  }
}

void ArchiveInbox::AcceptClients() {
  absl::StatusOr<base::UniqueFd> connection = ipc::Accept(listener_.get());
  if (!connection.ok()) {
    if (absl::IsUnavailable(connection.status())) return;
    // There may be no descriptors left, for example. Trying again at once would
    // fail, too.
    log::Line("api", std::string(connection.status().message()));
    loop_->Unwatch(watch_);
    loop_->After(kAcceptRetry, [this] { WatchListener(); });
    return;
  }
  // The connection is closed, and the client sends the bytes instead.
  if (clients_.size() >= kMaxClients) return;
  const int fd = connection->get();
  const auto watch = loop_->Watch(fd, EPOLLIN | EPOLLRDHUP,
                                  [this, fd](uint32_t) { ServeClient(fd); });
  if (!watch.ok()) return;
  clients_[fd] = {.connection = *std::move(connection),
                  .watch = *watch,
                  .timer = loop_->After(kPatience, [this, fd] { Forget(fd); })};
}

void ArchiveInbox::Forget(int connection) {
  const auto client = clients_.find(connection);
  loop_->Unwatch(client->second.watch);
  loop_->CancelTimer(client->second.timer);
  clients_.erase(client);
}

// The first message brings the archive. Any other message, an error or the end
// of the stream ends the connection.
void ArchiveInbox::ServeClient(int connection) {
  Client& client = clients_[connection];
  absl::StatusOr<ipc::Received> received =
      ipc::Receive(connection, handoff::kTicketBytes);
  if (absl::IsUnavailable(received.status())) return;
  if (received.ok() && !received->end && client.ticket.empty() &&
      received->message.size() == handoff::kTicketBytes &&
      received->fds.size() == 1 && IsTaken(received->fds[0].get()) &&
      ipc::Send(connection, handoff::kTaken, -1).ok()) {
    client.ticket = std::move(received->message);
    client.archive = std::move(received->fds[0]);
    return;
  }
  Forget(connection);
}

absl::StatusOr<base::UniqueFd> ArchiveInbox::Take(const std::string& ticket) {
  return loop_->Call<base::UniqueFd>([&]() -> absl::StatusOr<base::UniqueFd> {
    for (auto& [fd, client] : clients_) {
      if (client.archive.valid() && client.ticket == ticket) {
        base::UniqueFd archive = std::move(client.archive);
        Forget(fd);
        return archive;
      }
    }
    return InvalidRequest(
        "no archive was handed over with that ticket, or its client has "
        "gone");
  });
}

}  // namespace faas::registryd
