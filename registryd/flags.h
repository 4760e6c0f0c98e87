#ifndef FAAS_REGISTRYD_FLAGS_H_
#define FAAS_REGISTRYD_FLAGS_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/flags/declare.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/message_limits.h"
#include "image/limits.h"

// main() needs this flag for daemon::Begin, which comes before all else. All
// other flags are read by ReadFlags alone.
ABSL_DECLARE_FLAG(int, parent_pid);

namespace faas::registryd {

// The values of registryd's flags, checked. Where a flag's default stands for
// another value, that value is here.
struct Flags {
  std::string state_dir;
  std::string run_dir;
  // The process with which registryd ends, its supervisor; 0 for none.
  int parent_pid = 0;
  absl::Duration stop_timeout;

  // The group whose members may use the unix sockets.
  gid_t group = 0;
  // Users that may only follow the functions.
  std::vector<uid_t> read_only_uids;
  rpc::Limits api_limits;

  // The control API's address; empty for none.
  std::string control_listen;
  std::string token_file;
  std::string tls_cert;
  std::string tls_key;
  std::string tls_client_ca;

  // The host's user and group id for the root of containers; 0 for no user
  // namespace.
  uint32_t id_base = 0;
  image::Limits image_limits;
  // The path of the extractor; empty for the one beside registryd.
  std::string extractor;

  absl::Duration layer_grace;
  // Bytes of all layers together; 0 for no quota.
  uint64_t store_quota = 0;
  // Bytes that a deploy leaves free on the store's file system.
  uint64_t store_reserve = 0;
};

// Returns the flags of the command line that was parsed. Looks --group up on
// the host and may write to the log, so it is called after daemon::Begin.
// Returns INVALID_ARGUMENT, naming the flag, for a value that means nothing or
// would let nothing through, and FAILED_PRECONDITION if there is no such group.
absl::StatusOr<Flags> ReadFlags();

}  // namespace faas::registryd

#endif  // FAAS_REGISTRYD_FLAGS_H_
