#ifndef FAAS_REGISTRYD_UPLOAD_ARCHIVE_INBOX_H_
#define FAAS_REGISTRYD_UPLOAD_ARCHIVE_INBOX_H_

#include <sys/types.h>

#include <map>
#include <memory>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/unique_fd.h"
#include "common/event/event_loop.h"

namespace faas::registryd {

// An ArchiveInbox holds descriptors of archives that clients have passed to
// registryd and that no call has asked for yet; see handoff/upload_socket.h. It
// serves the socket on a thread of its own. Thread-safe.
class ArchiveInbox {
 public:
  // Listens on <run_dir>/upload.sock, which members of `group` may use. A
  // ticket alone gives no access: only a call that names it does something with
  // the archive.
  static absl::StatusOr<std::unique_ptr<ArchiveInbox>> Open(
      const std::string& run_dir, gid_t group);
  ~ArchiveInbox();

  // Returns the descriptor that came with `ticket`, a file or a pipe, and
  // forgets it. Returns INVALID_ARGUMENT (INVALID_REQUEST) if there is none.
  absl::StatusOr<base::UniqueFd> Take(const std::string& ticket);

  // How many clients may have an archive here, and for how long, until a call
  // names it. The connections of others are closed; they send the bytes of
  // their archives with the call instead.
  static constexpr size_t kMaxClients = 64;
  static constexpr absl::Duration kPatience = absl::Seconds(30);

 private:
  struct Client {
    base::UniqueFd connection;
    event::EventLoop::Token watch = 0;
    event::EventLoop::Token timer = 0;
    std::string ticket;
    base::UniqueFd archive;
  };

  ArchiveInbox(std::string socket_path, base::UniqueFd listener,
               std::unique_ptr<event::EventLoop> loop);
  void WatchListener();
  void AcceptClients();
  void ServeClient(int connection);
  void Forget(int connection);

  const std::string socket_path_;
  const base::UniqueFd listener_;
  const std::unique_ptr<event::EventLoop> loop_;
  // These belong to the loop's thread.
  event::EventLoop::Token watch_ = 0;
  // Clients by the descriptor of their connection.
  std::map<int, Client> clients_;
  std::thread thread_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_UPLOAD_ARCHIVE_INBOX_H_
