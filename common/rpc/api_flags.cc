#include "common/rpc/api_flags.h"

#include <cstdint>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/base/status_macros.h"
#include "common/daemon/group.h"

ABSL_FLAG(
    std::string, group, "",
    "The group, by name or number, whose members may use the API over the "
    "unix sockets. The default is \"faas\" if there is such a group, "
    "otherwise root's.");
ABSL_FLAG(
    uint32_t, max_api_connections, 1024,
    "The most connections to the unix socket at once, without root's, and "
    "the most to the control listener. More are closed. All together take "
    "at most half of the descriptors.");
ABSL_FLAG(uint32_t, max_api_connections_per_uid, 256,
          "The most connections to the unix socket from one user other than "
          "root.");
ABSL_FLAG(
    int32_t, max_api_streams, 128,
    "The most concurrent calls on one connection. More wait in the client.");
ABSL_FLAG(int32_t, max_api_message_bytes, 4 << 20,
          "The largest request, in bytes.");
ABSL_FLAG(uint64_t, max_api_memory_bytes, 256 << 20,
          "The memory that gRPC may hold for root, for other users of the unix "
          "socket and for the control listener each, in bytes. gRPC cancels "
          "calls when it holds more.");
ABSL_FLAG(int32_t, max_api_metadata_bytes, 16 << 10,
          "The most bytes of all header fields of a call.");
ABSL_FLAG(int32_t, max_api_calls_per_second, 500,
          "How many calls may begin on one connection in a second.");
ABSL_FLAG(int32_t, max_api_all_calls_per_second, 2000,
          "How many calls may begin in a second on all connections to the unix "
          "socket, without root's, and on all to the control listener.");
ABSL_FLAG(absl::Duration, api_handshake_timeout, absl::Seconds(10),
          "How long a client may take from its connect to its first frame of "
          "HTTP/2.");
ABSL_FLAG(absl::Duration, api_idle_timeout, absl::Minutes(10),
          "How long a connection to the API may be without a call.");

namespace faas::rpc {
namespace {

// The longest duration in gRPC, which is milliseconds in an int.
constexpr absl::Duration kLongest = absl::Hours(24);

absl::Status CheckDuration(absl::string_view flag, absl::Duration value) {
  if (value >= absl::Milliseconds(1) && value <= kLongest) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", absl::FormatDuration(value),
                   " is not between 1ms and 24h"));
}

absl::Status CheckCount(absl::string_view flag, int64_t value, int64_t least) {
  if (value >= least) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=", value, " is less than ", least));
}

}  // namespace

absl::StatusOr<gid_t> GroupFromFlags(bool supervised) {
  const std::string name = absl::GetFlag(FLAGS_group);
  ASSIGN_OR_RETURN(const gid_t group, daemon::FindGroup(name));
  if (!supervised) daemon::LogMissingGroup(name, group);
  return group;
}

absl::StatusOr<Limits> LimitsFromFlags() {
  const Limits limits = {
      .connections = absl::GetFlag(FLAGS_max_api_connections),
      .connections_per_uid = absl::GetFlag(FLAGS_max_api_connections_per_uid),
      .streams = absl::GetFlag(FLAGS_max_api_streams),
      .message_bytes = absl::GetFlag(FLAGS_max_api_message_bytes),
      .metadata_bytes = absl::GetFlag(FLAGS_max_api_metadata_bytes),
      .handshake = absl::GetFlag(FLAGS_api_handshake_timeout),
      .memory_bytes = absl::GetFlag(FLAGS_max_api_memory_bytes),
      .calls_per_second = absl::GetFlag(FLAGS_max_api_calls_per_second),
      .all_calls_per_second = absl::GetFlag(FLAGS_max_api_all_calls_per_second),
      .idle = absl::GetFlag(FLAGS_api_idle_timeout),
  };
  // The supervisor, the other daemons and the command faas have a few
  // connections each. A chunk of an upload has to fit into a message, and a
  // token into the header.
  for (const absl::Status& status :
       {CheckCount("max_api_connections", limits.connections, 8),
        CheckCount("max_api_connections_per_uid", limits.connections_per_uid,
                   1),
        CheckCount("max_api_streams", limits.streams, 1),
        CheckCount("max_api_message_bytes", limits.message_bytes, 2 << 20),
        CheckCount("max_api_memory_bytes", limits.memory_bytes, 16 << 20),
        CheckCount("max_api_metadata_bytes", limits.metadata_bytes, 1 << 10),
        CheckCount("max_api_calls_per_second", limits.calls_per_second, 1),
        CheckCount("max_api_all_calls_per_second", limits.all_calls_per_second,
                   1),
        CheckDuration("api_handshake_timeout", limits.handshake),
        CheckDuration("api_idle_timeout", limits.idle)}) {
    if (!status.ok()) return status;
  }
  return limits;
}

}  // namespace faas::rpc
