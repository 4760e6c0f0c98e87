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

// Descriptors of archives that clients have handed over and no call has asked
// for yet; see handoff/upload_socket.h. Serves its socket on a thread of its
// own. Thread-safe.
class ArchiveInbox {
 public:
  // Listens on <run_dir>/upload.sock, which members of `group` may use: a
  // ticket is worth nothing without a call that names it.
  static absl::StatusOr<std::unique_ptr<ArchiveInbox>> Open(
      const std::string& run_dir, gid_t group);
  ~ArchiveInbox();

  // The descriptor that came with `ticket`, once: a file or a pipe, nothing
  // else is taken. INVALID_ARGUMENT (INVALID_REQUEST) if none did.
  absl::StatusOr<base::UniqueFd> Take(const std::string& ticket);

  // Clients at once whose archive no call has named yet, and how long each may
  // be one. A client more is closed, and sends its bytes with the call.
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
  // The loop's thread's.
  event::EventLoop::Token watch_ = 0;
  std::map<int, Client> clients_;  // by connection
  std::thread thread_;
};

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_UPLOAD_ARCHIVE_INBOX_H_
