// runnerd: root file systems, bundles, the runtime, and the containers.

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/daemon/user.h"
#include "common/event/event_loop.h"
#include "common/event/worker.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "common/process/child.h"
#include "common/rpc/api_flags.h"
#include "common/rpc/channel.h"
#include "common/rpc/listener.h"
#include "common/rpc/server.h"
#include "function/convergence.h"
#include "function/function_watch.h"
#include "runnerd/container/bundle.h"
#include "runnerd/container/container_environment.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/host/feature_probe.h"
#include "runnerd/host/runtime.h"
#include "runnerd/profile/container_profile.h"
#include "runnerd/profile/container_settings.h"
#include "runnerd/revision/revision_table.h"
#include "runnerd/revision/rootfs.h"
#include "runnerd/runner.h"
#include "runnerd/runner_service.h"

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

constexpr absl::Duration kApplyRetry = absl::Seconds(1);

size_t MaxStarting() {
  const uint32_t flag = absl::GetFlag(FLAGS_max_starting);
  return flag > 0 ? flag
                  : std::max(8u, 4 * std::thread::hardware_concurrency());
}

size_t MaxStartingSpares() {
  const uint32_t flag = absl::GetFlag(FLAGS_max_starting_spares);
  return flag > 0 ? flag : std::max(1u, std::thread::hardware_concurrency());
}

uint64_t HostMemory() {
  return static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

uint64_t MaxSpareMemory() {
  const uint64_t flag = absl::GetFlag(FLAGS_max_spare_memory_bytes);
  return flag > 0 ? flag : HostMemory() / 4;
}

// Of functions that have no options of their own.
FunctionSettings DefaultSettings() {
  const uint32_t concurrency = absl::GetFlag(FLAGS_max_concurrency);
  return {
      .deadlines = {.start = absl::GetFlag(FLAGS_start_timeout),
                    .request = absl::GetFlag(FLAGS_request_timeout),
                    .warm_age = absl::GetFlag(FLAGS_warm_max_age)},
      .limits = {.max_active = concurrency > 0
                                   ? concurrency
                                   : absl::GetFlag(FLAGS_max_instances),
                 .max_waiting = absl::GetFlag(FLAGS_max_queued),
                 .max_wait = absl::GetFlag(FLAGS_queue_timeout)},
      .warm = {.idle_after = absl::GetFlag(FLAGS_idle_after),
               .max_instances = absl::GetFlag(FLAGS_max_spares)},
  };
}

Runner::Options RunnerOptions(const std::string& run_dir, uid_t gateway) {
  return {
      .admission =
          {.run_dir = run_dir,
           .gateway = gateway,
           .limits = {.max_active = absl::GetFlag(FLAGS_max_instances),
                      .max_waiting = absl::GetFlag(FLAGS_max_queued_total),
                      .max_per_client = absl::GetFlag(FLAGS_max_per_client),
                      .overload_after = absl::GetFlag(FLAGS_overload_after),
                      .overload_wait = absl::GetFlag(FLAGS_overload_wait)}},
      .warm = {.max_instances = absl::GetFlag(FLAGS_max_spares),
               .max_memory_bytes = MaxSpareMemory(),
               .max_starting = MaxStartingSpares()},
      .max_starting = MaxStarting(),
      .kill_grace = absl::GetFlag(FLAGS_kill_grace),
      .defaults = DefaultSettings(),
  };
}

uint64_t Millis(double cpus) {
  return cpus > 0 ? static_cast<uint64_t>(std::llround(cpus * 1000)) : 0;
}

// Of functions that have no options of their own.
ContainerSettings DefaultContainer() {
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

absl::StatusOr<GrantLimits> GrantsFromFlags() {
  GrantLimits grants = {
      .max_memory_bytes = absl::GetFlag(FLAGS_max_container_memory_bytes),
      .max_cpu_millis = Millis(absl::GetFlag(FLAGS_max_container_cpus)),
      .max_pids = absl::GetFlag(FLAGS_max_container_pids),
      .host_network = absl::GetFlag(FLAGS_allow_host_network)};
  if (grants.max_memory_bytes == 0) grants.max_memory_bytes = HostMemory();
  if (grants.max_cpu_millis == 0) {
    grants.max_cpu_millis =
        uint64_t{1000} * std::max(1u, std::thread::hardware_concurrency());
  }
  ASSIGN_OR_RETURN(
      grants.capabilities,
      ParseCapabilities(absl::GetFlag(FLAGS_grantable_capabilities)));
  return grants;
}

// Null if root file systems are overlays.
absl::StatusOr<std::unique_ptr<FlatTrees>> ChooseRootfs(
    const std::string& state_dir) {
  const std::string mode = absl::GetFlag(FLAGS_rootfs);
  if (mode != "auto" && mode != "overlay" && mode != "flat") {
    return absl::InvalidArgumentError(absl::StrCat(
        "--rootfs must be auto, overlay or flat, not \"", mode, "\""));
  }
  std::string why;
  if (mode != "flat") {
    const absl::Status probe = ProbeOverlay(state_dir);
    if (probe.ok()) {
      log::Line("init", "Root file systems are overlays");
      return nullptr;
    }
    if (mode == "overlay") return probe;
    why = absl::StrCat(": ", probe.message());
  }
  log::Line("init",
            absl::StrCat("Root file systems are flat trees, copies", why));
  return FlatTrees::Open(state_dir + "/flat");
}

void LogRuntime(const Runtime& runtime) {
  log::Line("init", absl::StrCat("Using ", runtime.command(), " (",
                                 runtime.version(), ")"));
  if (runtime.has_mounts_of_its_own()) {
    log::Line("init",
              "It refuses cgroups v1 beside v2, and is started without v2");
  }
  if (!runtime.warning().empty()) {
    log::Line("init", "WARNING: " + runtime.warning());
  }
}

// Tells our cgroups from those of other instances: the state directory is what
// no two share, whatever namespaces they run in.
absl::StatusOr<std::string> CgroupParent(const std::string& state_dir) {
  struct stat st;
  if (stat(state_dir.c_str(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", state_dir, "\""));
  }
  return absl::StrFormat("faasd-%x-%x", st.st_dev, st.st_ino);
}

// Applies `state` until it is what is there, or a newer one has come.
void ApplyUntilDone(
    event::EventLoop* loop, Runner* runner, function::Convergence* convergence,
    rpc::Server* server,
    std::shared_ptr<std::shared_ptr<const function::FunctionState>> newest,
    std::shared_ptr<const function::FunctionState> state) {
  if (*newest != state) return;
  const absl::Status status = runner->Apply(*state);
  // A function that cannot be mounted must not keep the others away.
  server->SetServing(true);
  convergence->Reached(state->generation);
  if (status.ok()) return;
  loop->After(kApplyRetry, [=] {
    ApplyUntilDone(loop, runner, convergence, server, newest, state);
  });
}

absl::Status Run() {
  std::string state_dir = absl::GetFlag(FLAGS_state_dir);
  const std::string run_dir = absl::GetFlag(FLAGS_run_dir);
  const int parent = absl::GetFlag(FLAGS_parent_pid);
  RETURN_IF_ERROR(daemon::Begin(parent));
  RETURN_IF_ERROR(daemon::CheckRoot("faasd"));
  ASSIGN_OR_RETURN(const rpc::Limits api_limits, rpc::LimitsFromFlags());
  ASSIGN_OR_RETURN(const daemon::User gateway,
                   daemon::FindUser(absl::GetFlag(FLAGS_gateway_user)));
  ASSIGN_OR_RETURN(const gid_t group,
                   rpc::GroupFromFlags(/*supervised=*/parent != 0));
  ASSIGN_OR_RETURN(
      const base::UniqueFd lock,
      daemon::EnterRunDirectory(run_dir, "runnerd", parent, group));
  ASSIGN_OR_RETURN(const base::UniqueFd state_lock,
                   daemon::EnterDirectory(state_dir, "runnerd", parent));
  // As mountinfo says it.
  ASSIGN_OR_RETURN(state_dir, fs::RealPath(state_dir));
  RETURN_IF_ERROR(CheckStateDir(state_dir));
  ASSIGN_OR_RETURN(const base::UniqueFd stop, daemon::StopSignals());
  RETURN_IF_ERROR(process::BecomeSubreaper());
  const std::string bundles = state_dir + "/bundles";
  RETURN_IF_ERROR(MountBundles(bundles, absl::GetFlag(FLAGS_id_base)));
  ASSIGN_OR_RETURN(
      const Runtime runtime,
      Runtime::Find(absl::GetFlag(FLAGS_runtime), run_dir + "/runtime"));
  LogRuntime(runtime);
  ASSIGN_OR_RETURN(std::string cgroup_parent, CgroupParent(state_dir));
  ASSIGN_OR_RETURN(const Cgroups cgroups,
                   Cgroups::Find(std::move(cgroup_parent)));
  const uint32_t id_base = absl::GetFlag(FLAGS_id_base);
  if (id_base > ~uint32_t{0} - kContainerIds) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--id_base=", id_base, " leaves no room for ", kContainerIds, " ids"));
  }
  RETURN_IF_ERROR(CheckContainersPass(state_dir, id_base));
  ASSIGN_OR_RETURN(const auto flat_trees, ChooseRootfs(state_dir));
  ASSIGN_OR_RETURN(std::string scaffold, MakeScaffold(state_dir, id_base));
  ASSIGN_OR_RETURN(
      HostFeatures host,
      FindHostFeatures(cgroups, absl::GetFlag(FLAGS_allow_missing_limits),
                       absl::GetFlag(FLAGS_apparmor_profile)));
  ASSIGN_OR_RETURN(GrantLimits grants, GrantsFromFlags());
  const Revision::Environment revision_environment = {
      .state_dir = state_dir,
      .scaffold = std::move(scaffold),
      .settings = DefaultContainer(),
      .grants = std::move(grants),
      .host = std::move(host),
      .id_base = id_base,
      .flat_trees = flat_trees.get()};
  daemon::RaiseDescriptorLimit();

  ASSIGN_OR_RETURN(const auto loop, event::EventLoop::Create());
  ASSIGN_OR_RETURN(const auto revisions,
                   RevisionTable::Open(revision_environment));
  event::Worker cleaner, creator;
  const ContainerEnvironment containers = {
      .loop = loop.get(),
      .cleaner = &cleaner,
      .creator = &creator,
      .runtime = &runtime,
      .cgroups = &cgroups,
      .bundles = bundles,
      .runtime_timeout = absl::GetFlag(FLAGS_runtime_timeout),
      .output_limit_bytes = absl::GetFlag(FLAGS_output_limit_bytes)};
  ASSIGN_OR_RETURN(const auto runner,
                   Runner::Create(RunnerOptions(run_dir, gateway.uid),
                                  &containers, revisions.get()));
  function::Convergence convergence;
  RunnerService service(loop.get(), &revision_environment, revisions.get(),
                        runner.get(), &runtime);
  ASSIGN_OR_RETURN(rpc::Listener listener,
                   rpc::Listener::Unix(run_dir + "/runnerd.sock", group));
  ASSIGN_OR_RETURN(
      const auto server,
      rpc::Server::Start(
          {.listener = std::move(listener),
           .access = {.group = group, .read_only_uids = {gateway.uid}},
           .limits = api_limits,
           .services = {&service, &convergence}}));
  const auto newest =
      std::make_shared<std::shared_ptr<const function::FunctionState>>();
  bool stopping = false;
  function::FunctionWatch watch(
      rpc::UnixChannel(run_dir + "/registryd.sock"),
      [&](std::shared_ptr<const function::FunctionState> state) {
        loop->Post([&, state] {
          if (stopping) return;
          *newest = state;
          ApplyUntilDone(loop.get(), runner.get(), &convergence, server.get(),
                         newest, state);
        });
      });
  event::EventLoop::Token stop_watch = 0;
  ASSIGN_OR_RETURN(stop_watch, loop->Watch(stop.get(), EPOLLIN, [&](uint32_t) {
    loop->Unwatch(stop_watch);
    stopping = true;
    newest->reset();
    server->SetServing(false);
    runner->Drain(event::EventLoop::Now() + absl::GetFlag(FLAGS_stop_timeout),
                  [&] { loop->Stop(); });
  }));
  loop->Run();
  server->Shutdown(absl::ZeroDuration());
  cgroups.RemoveParent();
  UnmountBundles(bundles);
  log::Flush();
  return absl::OkStatus();
}

}  // namespace
}  // namespace faas::runnerd

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("faasd's containers.");
  absl::ParseCommandLine(argc, argv);
  const absl::Status status = faas::runnerd::Run();
  return status.ok() ? 0 : faas::daemon::Fail("runnerd", status);
}
