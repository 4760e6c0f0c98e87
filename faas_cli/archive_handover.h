#ifndef FAAS_FAAS_CLI_ARCHIVE_HANDOVER_H_
#define FAAS_FAAS_CLI_ARCHIVE_HANDOVER_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::cli {

// An ArchiveHandover is an archive whose descriptor registryd has received. See
// handoff/upload_socket.h.
struct ArchiveHandover {
  // Names the archive in the header of the call.
  std::string ticket;
  // Must stay open until registryd has taken the ticket.
  base::UniqueFd connection;
};

// Sends the descriptor `archive` to the registryd in `run_dir`. Returns
// UNAVAILABLE, or the error of a system call, if that fails; the caller can
// still send the bytes of the archive in the call itself.
absl::StatusOr<ArchiveHandover> HandOver(const std::string& run_dir,
                                         int archive);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ARCHIVE_HANDOVER_H_
