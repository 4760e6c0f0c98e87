#include "runnerd/flags.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "absl/flags/flag.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/daemon/user.h"
#include "common/rpc/api_flags.h"
#include "runnerd/profile/container_profile.h"

ABSL_FLAG(std::string, state_dir, "/var/lib/faasd",
          "Where functions and their images are kept.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "Where the daemons' sockets are.");
ABSL_FLAG(std::string, runtime, "runc",
          "The OCI runtime: runc, crun, or another with their command line; "
          "options for it may follow, separated by spaces.");
ABSL_FLAG(std::string, rootfs, "auto",
          "How layers become a root file system: overlay (a mount, shared by "
          "all functions on the same layers), flat (copied into one tree), or "
          "auto: flat where an overlay cannot be mounted.");
ABSL_FLAG(uint32_t, id_base, 100000,
          "The host's user and group id for the root of containers, which have "
          "65,536 ids from there on, in a user namespace. 0 for none. "
          "registryd's must be the same.");
ABSL_FLAG(std::string, gateway_user, "",
          "Whom gatewayd runs as, a number or a name: nobody else may offer "
          "connections. By default root.");
ABSL_FLAG(absl::Duration, start_timeout, absl::Seconds(10),
          "How long a handler may take to connect to /control.sock.");
ABSL_FLAG(absl::Duration, request_timeout, absl::Seconds(60),
          "How long a container may run once it has its connection.");
ABSL_FLAG(absl::Duration, kill_grace, absl::Seconds(2),
          "From the image's stop signal to SIGKILL.");
ABSL_FLAG(absl::Duration, runtime_timeout, absl::Seconds(5),
          "How long the runtime may take to start a container. Then it is "
          "killed, and the connection gets another, within --start_timeout.");
ABSL_FLAG(absl::Duration, queue_timeout, absl::Seconds(30),
          "How long a connection may wait for a container.");
ABSL_FLAG(uint32_t, max_instances, 256,
          "Containers with a connection at once.");
ABSL_FLAG(uint32_t, max_concurrency, 0,
          "The same for each function; 0 for --max_instances.");
ABSL_FLAG(uint32_t, max_starting, 0,
          "Containers in the making at once; 0 means four for each processor, "
          "and eight at least.");
ABSL_FLAG(uint32_t, max_queued, 1024,
          "Connections of a function that may wait for a container; more are "
          "answered 503.");
ABSL_FLAG(uint32_t, max_queued_total, 4096, "The same of all functions.");
ABSL_FLAG(uint32_t, max_per_client, 0,
          "Connections of one client address that may wait or be served at "
          "once; 0 for no limit: all clients on this host have one address.");
ABSL_FLAG(absl::Duration, overload_after, absl::Seconds(2),
          "When a function's queue has not been empty for so long, no more are "
          "let in than are served within --overload_wait.");
ABSL_FLAG(absl::Duration, overload_wait, absl::Seconds(1),
          "See --overload_after.");
ABSL_FLAG(uint32_t, max_spares, 256,
          "Containers that wait for connections, of all functions.");
ABSL_FLAG(uint64_t, max_spare_memory_bytes, 0,
          "Memory that they may take; 0 for a quarter of the host's.");
ABSL_FLAG(uint32_t, max_starting_spares, 0,
          "Of them, in the making at once; 0 means one for each processor.");
ABSL_FLAG(absl::Duration, idle_after, absl::Seconds(60),
          "How long after its last connection a function with --warm auto "
          "keeps spares.");
ABSL_FLAG(absl::Duration, warm_max_age, absl::Hours(1),
          "After how long a container that waits is replaced.");
ABSL_FLAG(uint64_t, container_memory_bytes, 512 << 20,
          "Memory of a container, swap and its tmpfs included.");
ABSL_FLAG(double, container_cpus, 1,
          "Processors' time that a container gets; 0 for no limit.");
ABSL_FLAG(uint64_t, container_pids, 256,
          "Processes and threads of a container.");
ABSL_FLAG(uint64_t, container_tmpfs_bytes, 64 << 20,
          "Size of a container's /tmp, and of its /dev/shm.");
ABSL_FLAG(uint64_t, max_container_memory_bytes, 0,
          "What an owner may set with --memory; 0 for the host's memory.");
ABSL_FLAG(double, max_container_cpus, 0,
          "What an owner may set with --cpus; 0 for the host's processors.");
ABSL_FLAG(uint64_t, max_container_pids, 4096,
          "What an owner may set with --pids.");
ABSL_FLAG(
    std::string, grantable_capabilities, faas::runnerd::kGrantableCapabilities,
    "What an owner may add with --cap-add, separated by commas. They hold "
    "in the container's user namespace.");
ABSL_FLAG(bool, allow_host_network, true,
          "Whether an owner may choose --network host.");
ABSL_FLAG(bool, allow_missing_limits, false,
          "Start although this host has no cgroup controller for some limit.");
ABSL_FLAG(std::string, apparmor_profile, "faasd-container",
          "AppArmor's profile of containers, where it is loaded; empty for "
          "none.");
ABSL_FLAG(uint64_t, container_open_files, 1024,
          "Open files of each process in a container.");
ABSL_FLAG(uint64_t, output_limit_bytes, 64 << 10,
          "What is kept of each output stream of a container; the rest is "
          "dropped.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long containers may go on after SIGTERM.");
ABSL_FLAG(int, parent_pid, 0,
          "Stop when this parent process ends; 0 for never.");

namespace faas::runnerd {
namespace {

uint32_t Processors() {
  return std::max(1u, std::thread::hardware_concurrency());
}

uint64_t HostMemory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// Returns `value`, or `otherwise` for 0, which stands for it.
template <typename T>
T OrDefault(T value, T otherwise) {
  return value > 0 ? value : otherwise;
}

uint64_t Millis(double cpus) {
  return cpus > 0 ? static_cast<uint64_t>(std::llround(cpus * 1000)) : 0;
}

Flags::Timeouts ReadTimeouts() {
  return {.start = absl::GetFlag(FLAGS_start_timeout),
          .request = absl::GetFlag(FLAGS_request_timeout),
          .kill_grace = absl::GetFlag(FLAGS_kill_grace),
          .runtime = absl::GetFlag(FLAGS_runtime_timeout),
          .stop = absl::GetFlag(FLAGS_stop_timeout)};
}

Flags::Admission ReadAdmission() {
  const uint32_t max_instances = absl::GetFlag(FLAGS_max_instances);
  return {
      .max_instances = max_instances,
      .max_concurrency =
          OrDefault(absl::GetFlag(FLAGS_max_concurrency), max_instances),
      .max_starting = OrDefault(absl::GetFlag(FLAGS_max_starting),
                                std::max(8u, 4 * Processors())),
      .max_queued = absl::GetFlag(FLAGS_max_queued),
      .max_queued_total = absl::GetFlag(FLAGS_max_queued_total),
      .queue_timeout = absl::GetFlag(FLAGS_queue_timeout),
      .max_per_client = absl::GetFlag(FLAGS_max_per_client),
      .overload_after = absl::GetFlag(FLAGS_overload_after),
      .overload_wait = absl::GetFlag(FLAGS_overload_wait),
  };
}

Flags::WarmPool ReadWarmPool() {
  return {
      .max_instances = absl::GetFlag(FLAGS_max_spares),
      .max_memory_bytes = OrDefault(absl::GetFlag(FLAGS_max_spare_memory_bytes),
                                    HostMemory() / 4),
      .max_starting =
          OrDefault(absl::GetFlag(FLAGS_max_starting_spares), Processors()),
      .idle_after = absl::GetFlag(FLAGS_idle_after),
      .max_age = absl::GetFlag(FLAGS_warm_max_age),
  };
}

ContainerSettings ReadContainerSettings() {
  // A runtime cannot raise a container's limit above ours.
  rlimit files = {};
  getrlimit(RLIMIT_NOFILE, &files);
  return {.memory_bytes = absl::GetFlag(FLAGS_container_memory_bytes),
          .cpu_millis = Millis(absl::GetFlag(FLAGS_container_cpus)),
          .pids = absl::GetFlag(FLAGS_container_pids),
          .tmpfs_bytes = absl::GetFlag(FLAGS_container_tmpfs_bytes),
          .open_files = std::min<uint64_t>(
              absl::GetFlag(FLAGS_container_open_files), files.rlim_max)};
}

absl::StatusOr<GrantLimits> ReadGrants() {
  GrantLimits grants = {
      .max_memory_bytes = OrDefault(
          absl::GetFlag(FLAGS_max_container_memory_bytes), HostMemory()),
      .max_cpu_millis =
          OrDefault(Millis(absl::GetFlag(FLAGS_max_container_cpus)),
                    uint64_t{1000} * Processors()),
      .max_pids = absl::GetFlag(FLAGS_max_container_pids),
      .host_network = absl::GetFlag(FLAGS_allow_host_network)};
  ASSIGN_OR_RETURN(
      grants.capabilities,
      ParseCapabilities(absl::GetFlag(FLAGS_grantable_capabilities)));
  return grants;
}

absl::StatusOr<uint32_t> ReadIdBase() {
  const uint32_t id_base = absl::GetFlag(FLAGS_id_base);
  if (id_base > ~uint32_t{0} - kContainerIds) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--id_base=", id_base, " leaves no room for ", kContainerIds, " ids"));
  }
  return id_base;
}

absl::StatusOr<RootfsMode> ReadRootfsMode() {
  const std::string mode = absl::GetFlag(FLAGS_rootfs);
  if (mode == "auto") return RootfsMode::kAuto;
  if (mode == "overlay") return RootfsMode::kOverlay;
  if (mode == "flat") return RootfsMode::kFlat;
  return absl::InvalidArgumentError(absl::StrCat(
      "--rootfs must be auto, overlay or flat, not \"", mode, "\""));
}

}  // namespace

absl::StatusOr<Flags> ReadFlags() {
  Flags flags = {
      .state_dir = absl::GetFlag(FLAGS_state_dir),
      .run_dir = absl::GetFlag(FLAGS_run_dir),
      .parent_pid = absl::GetFlag(FLAGS_parent_pid),
      .runtime = absl::GetFlag(FLAGS_runtime),
      .allow_missing_limits = absl::GetFlag(FLAGS_allow_missing_limits),
      .apparmor_profile = absl::GetFlag(FLAGS_apparmor_profile),
      .container = ReadContainerSettings(),
      .output_limit_bytes = absl::GetFlag(FLAGS_output_limit_bytes),
      .timeouts = ReadTimeouts(),
      .admission = ReadAdmission(),
      .warm_pool = ReadWarmPool(),
  };
  ASSIGN_OR_RETURN(flags.api, rpc::LimitsFromFlags());
  ASSIGN_OR_RETURN(const daemon::User gateway,
                   daemon::FindUser(absl::GetFlag(FLAGS_gateway_user)));
  flags.gateway = gateway.uid;
  ASSIGN_OR_RETURN(flags.id_base, ReadIdBase());
  ASSIGN_OR_RETURN(flags.rootfs, ReadRootfsMode());
  ASSIGN_OR_RETURN(flags.grants, ReadGrants());
  return flags;
}

}  // namespace faas::runnerd
