#ifndef FAAS_FAAS_CLI_ARCHIVE_HANDOVER_H_
#define FAAS_FAAS_CLI_ARCHIVE_HANDOVER_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/base/unique_fd.h"

namespace faas::cli {

// An archive's descriptor that registryd has; see handoff/upload_socket.h.
struct ArchiveHandover {
  std::string ticket;         // for the header of the call
  base::UniqueFd connection;  // to be kept until the call has begun
};

// Hands `archive` to the registryd in `run_dir`. After an error, the bytes can
// be sent all the same.
absl::StatusOr<ArchiveHandover> HandOver(const std::string& run_dir,
                                         int archive);

}  // namespace faas::cli

#endif  // FAAS_FAAS_CLI_ARCHIVE_HANDOVER_H_
