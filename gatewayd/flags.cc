#include "gatewayd/flags.h"

#include "absl/flags/declare.h"
#include "absl/flags/flag.h"
#include "common/base/status_macros.h"
#include "common/rpc/api_flags.h"

ABSL_DECLARE_FLAG(std::string, group);  // common/rpc/api_flags.h
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "The directory of the daemons' sockets.");
ABSL_FLAG(std::string, pool, "10.0.0.0/24",
          "The addresses that functions get, on the loopback interface.");
ABSL_FLAG(uint16_t, port, 80, "The TCP port that functions listen on.");
ABSL_FLAG(uint32_t, max_pending, 4096,
          "How many connections may wait for a container. More are answered "
          "503.");
ABSL_FLAG(absl::Duration, handoff_timeout, absl::Seconds(60),
          "How long a connection may wait for runnerd's answer. It should be "
          "longer than runnerd's --queue_timeout and --start_timeout "
          "together.");
ABSL_FLAG(absl::Duration, first_byte_timeout, absl::Seconds(10),
          "How long a client of an HTTP function may stay silent after it has "
          "connected.");
ABSL_FLAG(uint32_t, max_silent, 1024,
          "How many connections to HTTP functions are kept while their clients "
          "are silent. When there are more, the oldest are closed.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "After SIGTERM, how long accepted connections may still be handed "
          "off.");
ABSL_FLAG(
    std::string, user, "",
    "The user that gatewayd becomes if it is started as root: UID, UID:GID "
    "or a name. By default it stays root. In both cases it keeps only "
    "CAP_NET_ADMIN and CAP_NET_BIND_SERVICE of root's capabilities.");
ABSL_FLAG(
    std::string, socket_guard, "auto",
    "What keeps handlers from connecting the sockets that they are passed "
    "to something else: bpf (programs at gatewayd's cgroup), firewall (a "
    "rule of nftables for marked sockets), auto (the first that works) or "
    "none.");
ABSL_FLAG(uint32_t, socket_mark, 0xfaa5,
          "The mark (SO_MARK) of listeners and their connections with "
          "--socket_guard=firewall.");
ABSL_FLAG(bool, allow_socket_reuse, false,
          "Whether to start even if no socket guard works. Every function can "
          "then reach the host's network.");
ABSL_FLAG(
    bool, remove_leftovers, false,
    "Remove what a gatewayd with this --run_dir has left on the host, and "
    "exit. gatewayd cannot remove it when it stops, because it has given "
    "up its privileges. Use it when neither gatewayd nor a container "
    "runs.");
ABSL_FLAG(int, parent_pid, 0,
          "The process id of the parent. gatewayd stops when the parent ends. "
          "0 means that it does not watch a parent.");

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
