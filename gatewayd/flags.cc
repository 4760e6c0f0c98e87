#include "gatewayd/flags.h"

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "common/base/status_macros.h"
#include "common/rpc/api_flags.h"

ABSL_DECLARE_FLAG(std::string, group);  // common/rpc/api_flags.h
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "Where the daemons' sockets are.");
ABSL_FLAG(std::string, pool, "10.0.0.0/24",
          "Addresses that functions get, on the loopback interface.");
ABSL_FLAG(uint16_t, port, 80, "TCP port that functions listen on.");
ABSL_FLAG(uint32_t, max_pending, 4096,
          "Connections that may wait for a container; more are answered 503.");
ABSL_FLAG(absl::Duration, handoff_timeout, absl::Seconds(60),
          "How long a connection may wait for runnerd's answer. Longer than "
          "runnerd's --queue_timeout and --start_timeout together.");
ABSL_FLAG(absl::Duration, first_byte_timeout, absl::Seconds(10),
          "How long a client of an HTTP function may stay silent after it has "
          "connected.");
ABSL_FLAG(uint32_t, max_silent, 1024,
          "Connections to HTTP functions that are kept while their clients are "
          "silent; the oldest of more are closed.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long accepted connections may still be handed off after "
          "SIGTERM.");
ABSL_FLAG(
    std::string, user, "",
    "Whom gatewayd becomes when it has started as root: UID, UID:GID or a "
    "name; by default it stays root. Of root's capabilities it keeps "
    "CAP_NET_ADMIN and CAP_NET_BIND_SERVICE.");
ABSL_FLAG(
    std::string, socket_guard, "auto",
    "What keeps handlers from connecting the sockets that they are passed "
    "to something else: bpf (programs at gatewayd's cgroup), firewall (a "
    "rule of nftables on marked sockets), auto for the first that works, "
    "or none.");
ABSL_FLAG(uint32_t, socket_mark, 0xfaa5,
          "The mark (SO_MARK) of listeners and their connections with "
          "--socket_guard=firewall.");
ABSL_FLAG(bool, allow_socket_reuse, false,
          "Start also if no guard works: every function may then reach the "
          "host's network.");
ABSL_FLAG(bool, remove_leftovers, false,
          "Only remove what gatewayd, which cannot do it itself, has left of "
          "this --run_dir on the host, and end. For when nothing runs any "
          "more.");
ABSL_FLAG(int, parent_pid, 0,
          "Stop when this parent process ends; 0 for never.");

namespace faas::gatewayd {

absl::StatusOr<Flags> ReadFlags() {
  Flags flags = {
      .run_dir = absl::GetFlag(FLAGS_run_dir),
      .group = absl::GetFlag(FLAGS_group),
      .port = absl::GetFlag(FLAGS_port),
      .max_pending = absl::GetFlag(FLAGS_max_pending),
      .handoff_timeout = absl::GetFlag(FLAGS_handoff_timeout),
      .first_byte_timeout = absl::GetFlag(FLAGS_first_byte_timeout),
      .max_silent = absl::GetFlag(FLAGS_max_silent),
      .stop_timeout = absl::GetFlag(FLAGS_stop_timeout),
      .user = absl::GetFlag(FLAGS_user),
      .socket_mark = absl::GetFlag(FLAGS_socket_mark),
      .allow_socket_reuse = absl::GetFlag(FLAGS_allow_socket_reuse),
      .remove_leftovers = absl::GetFlag(FLAGS_remove_leftovers),
      .parent_pid = absl::GetFlag(FLAGS_parent_pid),
  };
  ASSIGN_OR_RETURN(flags.pool, net::ParseIpv4Prefix(absl::GetFlag(FLAGS_pool)));
  ASSIGN_OR_RETURN(flags.socket_guard,
                   ParseSocketGuardChoice(absl::GetFlag(FLAGS_socket_guard)));
  ASSIGN_OR_RETURN(flags.api_limits, rpc::LimitsFromFlags());
  return flags;
}

}  // namespace faas::gatewayd
