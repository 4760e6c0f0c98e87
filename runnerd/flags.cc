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
          "The directory that holds functions and their images, the same as "
          "registryd's.");
ABSL_FLAG(std::string, run_dir, "/run/faasd",
          "The directory that holds the daemons' sockets, the same for all "
          "daemons.");
ABSL_FLAG(std::string, runtime, "runc",
          "The OCI runtime that starts containers: runc, crun, or another "
          "program with the same command line. Options for it may follow, "
          "separated by spaces.");
ABSL_FLAG(std::string, rootfs, "auto",
          "How the layers of an image become a root file system. With "
          "overlay they are mounted with overlayfs and shared by all "
          "functions that have them. With flat they are copied into one "
          "tree. With auto they are copied only where an overlay cannot be "
          "mounted.");
ABSL_FLAG(uint32_t, id_base, 100000,
          "The user and group id on the host of the root user in containers. "
          "A container has 65,536 ids from there on, in a user namespace. 0 "
          "means no user namespace. registryd must have the same value.");
ABSL_FLAG(std::string, gateway_user, "",
          "The user that gatewayd runs as, by number or by name. Nobody else "
          "may offer connections to runnerd. The default is root.");
ABSL_FLAG(absl::Duration, start_timeout, absl::Seconds(10),
          "How long a handler may take from the start of its container until "
          "it connects to /control.sock.");
ABSL_FLAG(absl::Duration, request_timeout, absl::Seconds(60),
          "How long a container may run after it got its connection.");
ABSL_FLAG(absl::Duration, kill_grace, absl::Seconds(2),
          "How long a container may go on after the image's stop signal. "
          "Then it gets SIGKILL.");
ABSL_FLAG(absl::Duration, runtime_timeout, absl::Seconds(5),
          "How long the runtime may take to start a container. When it takes "
          "longer it is killed, and the connection gets another container, "
          "as long as --start_timeout allows.");
ABSL_FLAG(absl::Duration, queue_timeout, absl::Seconds(30),
          "How long a connection may wait for a container.");
ABSL_FLAG(uint32_t, max_instances, 256,
          "How many containers with a connection there may be at the same "
          "time, of all functions together.");
ABSL_FLAG(uint32_t, max_concurrency, 0,
          "How many containers with a connection each function may have at "
          "the same time. 0 means as many as --max_instances.");
ABSL_FLAG(uint32_t, max_starting, 0,
          "How many containers may start for a connection at the same time. "
          "0 means four per processor, but at least eight.");
ABSL_FLAG(uint32_t, max_queued, 1024,
          "How many connections of each function may wait for a container. "
          "Further ones are answered with 503.");
ABSL_FLAG(uint32_t, max_queued_total, 4096,
          "How many connections of all functions together may wait for a "
          "container. Further ones are answered with 503.");
ABSL_FLAG(uint32_t, max_per_client, 0,
          "How many connections from one client address may wait or be "
          "served at the same time. 0 means no limit. All clients on this "
          "host have the same address.");
ABSL_FLAG(absl::Duration, overload_after, absl::Seconds(2),
          "How long the queue of a function may be non-empty before the "
          "function is overloaded. While it is, no more of its connections "
          "may wait than are served within --overload_wait.");
ABSL_FLAG(absl::Duration, overload_wait, absl::Seconds(1),
          "How long a connection to an overloaded function may be expected to "
          "wait. See --overload_after.");
ABSL_FLAG(uint32_t, max_spares, 256,
          "How many warm instances there may be, of all functions together. "
          "A warm instance is a container that was started ahead and waits "
          "for its connection.");
ABSL_FLAG(uint64_t, max_spare_memory_bytes, 0,
          "How much memory all warm instances together may use. 0 means a "
          "quarter of the host's memory.");
ABSL_FLAG(uint32_t, max_starting_spares, 0,
          "How many warm instances may start at the same time. 0 means one "
          "per processor.");
ABSL_FLAG(absl::Duration, idle_after, absl::Seconds(60),
          "How long after its last connection a function with --warm auto "
          "keeps warm instances.");
ABSL_FLAG(absl::Duration, warm_max_age, absl::Hours(1),
          "The age at which a warm instance is replaced.");
ABSL_FLAG(uint64_t, container_memory_bytes, 512 << 20,
          "How much memory a container may use, including swap and what it "
          "writes to /tmp and /dev/shm.");
ABSL_FLAG(double, container_cpus, 1,
          "How much processor time a container may use, in processors. 0 "
          "means no limit.");
ABSL_FLAG(uint64_t, container_pids, 256,
          "How many processes and threads a container may have.");
ABSL_FLAG(uint64_t, container_tmpfs_bytes, 64 << 20,
          "The size of /tmp in a container. /dev/shm has the same size.");
ABSL_FLAG(uint64_t, max_container_memory_bytes, 0,
          "The most memory that a function may ask for with --memory. 0 "
          "means the host's memory.");
ABSL_FLAG(double, max_container_cpus, 0,
          "The most processor time that a function may ask for with --cpus. "
          "0 means all processors of the host.");
ABSL_FLAG(uint64_t, max_container_pids, 4096,
          "The most processes and threads that a function may ask for with "
          "--pids.");
ABSL_FLAG(std::string, grantable_capabilities,
          faas::runnerd::kGrantableCapabilities,
          "The capabilities that a function may ask for with --cap-add, "
          "separated by commas. They are valid only inside the user "
          "namespace of the container.");
ABSL_FLAG(bool, allow_host_network, true,
          "Whether a function may ask for the host's network with --network "
          "host.");
ABSL_FLAG(bool, allow_missing_limits, false,
          "Whether runnerd starts on a host that has no cgroup controller for "
          "one of the limits of containers.");
ABSL_FLAG(std::string, apparmor_profile, "faasd-container",
          "The AppArmor profile of containers, which is used if it is "
          "loaded. Empty means no profile.");
ABSL_FLAG(uint64_t, container_open_files, 1024,
          "How many files each process in a container may have open.");
ABSL_FLAG(uint64_t, output_limit_bytes, 64 << 10,
          "How much of each output stream of a container is kept for the "
          "log. The rest is dropped.");
ABSL_FLAG(absl::Duration, stop_timeout, absl::Seconds(10),
          "How long containers may go on after runnerd got SIGTERM. Then "
          "they are killed.");
ABSL_FLAG(int, parent_pid, 0,
          "The process with which runnerd stops, because it is runnerd's "
          "supervisor. 0 means that there is none.");

namespace faas::runnerd {
namespace {

uint32_t Processors() {
  return std::max(1u, std::thread::hardware_concurrency());
}

uint64_t HostMemory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

// Returns `value`, or `otherwise` if `value` is 0.
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
  // A runtime cannot raise a container's limit above the one of runnerd.
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
