#include "faas_cli/archive_handover.h"

#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/ipc/unix_socket.h"
#include "handoff/upload_socket.h"

namespace faas::cli {
namespace {

constexpr int kAnswerTimeoutMs = 2000;

}  // namespace

absl::StatusOr<ArchiveHandover> HandOver(const std::string& run_dir,
                                         int archive) {
  ArchiveHandover handover;
  ASSIGN_OR_RETURN(
      handover.connection,
      ipc::Connect(absl::StrCat(run_dir, "/", handoff::kUploadSocket),
                   SOCK_SEQPACKET));
  handover.ticket.resize(handoff::kTicketBytes);
  if (getrandom(handover.ticket.data(), handover.ticket.size(), 0) !=
      static_cast<ssize_t>(handover.ticket.size())) {
    return base::ErrnoStatus("getrandom");
  }
  RETURN_IF_ERROR(
      ipc::Send(handover.connection.get(), handover.ticket, archive));
  pollfd answer = {.fd = handover.connection.get(), .events = POLLIN};
  if (poll(&answer, 1, kAnswerTimeoutMs) != 1) {
    return absl::UnavailableError("registryd did not take the archive");
  }
  ASSIGN_OR_RETURN(const ipc::Received received,
                   ipc::Receive(handover.connection.get(), 1));
  if (received.end || received.message != handoff::kTaken) {
    return absl::UnavailableError("registryd did not take the archive");
  }
  return handover;
}

}  // namespace faas::cli
