#include "runnerd/runner_daemon.h"

#include <sys/epoll.h>
#include <sys/stat.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/daemon/daemon.h"
#include "common/fs/file.h"
#include "common/log/log.h"
#include "common/process/child.h"
#include "common/rpc/api_flags.h"
#include "common/rpc/channel.h"
#include "common/rpc/listener.h"
#include "runnerd/container/bundle.h"
#include "runnerd/host/feature_probe.h"
#include "runnerd/revision/rootfs.h"

namespace faas::runnerd {
namespace {

// Names the cgroups of this runnerd's containers after the state directory: no
// two instances of faasd share one, whatever namespaces they run in.
absl::StatusOr<std::string> CgroupParent(const std::string& state_dir) {
  struct stat st;
  if (stat(state_dir.c_str(), &st) != 0) {
    return base::ErrnoStatus(absl::StrCat("stat \"", state_dir, "\""));
  }
  return absl::StrFormat("faasd-%x-%x", st.st_dev, st.st_ino);
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

// Returns null if root file systems are overlays.
absl::StatusOr<std::unique_ptr<FlatTrees>> ChooseRootfs(
    RootfsMode mode, const std::string& state_dir) {
  std::string why;
  if (mode != RootfsMode::kFlat) {
    const absl::Status probe = ProbeOverlay(state_dir);
    if (probe.ok()) {
      log::Line("init", "Root file systems are overlays");
      return nullptr;
    }
    if (mode == RootfsMode::kOverlay) return probe;
    why = absl::StrCat(": ", probe.message());
  }
  log::Line("init",
            absl::StrCat("Root file systems are flat trees, copies", why));
  return FlatTrees::Open(state_dir + "/flat");
}

// Returns the settings of functions that have no options.
FunctionSettings DefaultSettings(const Flags& flags) {
  return {
      .deadlines = {.start = flags.timeouts.start,
                    .request = flags.timeouts.request,
                    .warm_age = flags.warm_pool.max_age},
      .limits = {.max_active = flags.admission.max_concurrency,
                 .max_waiting = flags.admission.max_queued,
                 .max_wait = flags.admission.queue_timeout},
      .warm = {.idle_after = flags.warm_pool.idle_after,
               .max_instances = flags.warm_pool.max_instances},
  };
}

Runner::Options RunnerOptions(const Flags& flags) {
  return {
      .admission = {.run_dir = flags.run_dir,
                    .gateway = flags.gateway,
                    .limits = {.max_active = flags.admission.max_instances,
                               .max_waiting = flags.admission.max_queued_total,
                               .max_per_client = flags.admission.max_per_client,
                               .overload_after = flags.admission.overload_after,
                               .overload_wait = flags.admission.overload_wait}},
      .warm = {.max_instances = flags.warm_pool.max_instances,
               .max_memory_bytes = flags.warm_pool.max_memory_bytes,
               .max_starting = flags.warm_pool.max_starting},
      .max_starting = flags.admission.max_starting,
      .kill_grace = flags.timeouts.kill_grace,
      .defaults = DefaultSettings(flags),
  };
}

}  // namespace

RunnerDaemon::RunnerDaemon(Flags flags) : flags_(std::move(flags)) {}

absl::StatusOr<std::unique_ptr<RunnerDaemon>> RunnerDaemon::Start(Flags flags) {
  auto self = std::unique_ptr<RunnerDaemon>(new RunnerDaemon(std::move(flags)));
  RETURN_IF_ERROR(self->EnterDirectories());
  RETURN_IF_ERROR(self->PrepareHost());
  RETURN_IF_ERROR(self->PrepareRootfs());
  daemon::RaiseDescriptorLimit();
  ASSIGN_OR_RETURN(self->loop_, event::EventLoop::Create());
  ASSIGN_OR_RETURN(self->revisions_,
                   RevisionTable::Open(self->revision_environment_));
  RETURN_IF_ERROR(self->CreateRunner());
  // Before the server exists: a call that waits for the loop, which does not
  // run yet, would keep a failed start from ending.
  RETURN_IF_ERROR(self->WatchStopSignals());
  RETURN_IF_ERROR(self->ServeApi());
  self->FollowRegistry();
  return self;
}

absl::Status RunnerDaemon::EnterDirectories() {
  const int parent = flags_.parent_pid;
  ASSIGN_OR_RETURN(group_, rpc::GroupFromFlags(/*supervised=*/parent != 0));
  ASSIGN_OR_RETURN(run_lock_, daemon::EnterRunDirectory(
                                  flags_.run_dir, "runnerd", parent, group_));
  ASSIGN_OR_RETURN(state_lock_,
                   daemon::EnterDirectory(flags_.state_dir, "runnerd", parent));
  ASSIGN_OR_RETURN(state_dir_, fs::RealPath(flags_.state_dir));
  return CheckStateDir(state_dir_);
}

absl::Status RunnerDaemon::PrepareHost() {
  RETURN_IF_ERROR(process::BecomeSubreaper());
  bundles_ = state_dir_ + "/bundles";
  RETURN_IF_ERROR(MountBundles(bundles_, flags_.id_base));
  ASSIGN_OR_RETURN(runtime_,
                   Runtime::Find(flags_.runtime, flags_.run_dir + "/runtime"));
  LogRuntime(*runtime_);
  ASSIGN_OR_RETURN(std::string cgroup_parent, CgroupParent(state_dir_));
  ASSIGN_OR_RETURN(cgroups_, Cgroups::Find(std::move(cgroup_parent)));
  return absl::OkStatus();
}

absl::Status RunnerDaemon::PrepareRootfs() {
  RETURN_IF_ERROR(CheckContainersPass(state_dir_, flags_.id_base));
  ASSIGN_OR_RETURN(flat_trees_, ChooseRootfs(flags_.rootfs, state_dir_));
  ASSIGN_OR_RETURN(std::string scaffold,
                   MakeScaffold(state_dir_, flags_.id_base));
  ASSIGN_OR_RETURN(HostFeatures host,
                   FindHostFeatures(*cgroups_, flags_.allow_missing_limits,
                                    flags_.apparmor_profile));
  revision_environment_ = {.state_dir = state_dir_,
                           .scaffold = std::move(scaffold),
                           .settings = flags_.container,
                           .grants = flags_.grants,
                           .host = std::move(host),
                           .id_base = flags_.id_base,
                           .flat_trees = flat_trees_.get()};
  return absl::OkStatus();
}

// The only place that knows how a Runner is made.
absl::Status RunnerDaemon::CreateRunner() {
  containers_ = std::make_unique<const ContainerEnvironment>(
      ContainerEnvironment{.loop = loop_.get(),
                           .cleaner = &cleaner_,
                           .creator = &creator_,
                           .runtime = &*runtime_,
                           .cgroups = &*cgroups_,
                           .bundles = bundles_,
                           .runtime_timeout = flags_.timeouts.runtime,
                           .output_limit_bytes = flags_.output_limit_bytes});
  ASSIGN_OR_RETURN(runner_,
                   Runner::Create(RunnerOptions(flags_), containers_.get(),
                                  revisions_.get()));
  return absl::OkStatus();
}

absl::Status RunnerDaemon::ServeApi() {
  service_ = std::make_unique<RunnerService>(
      loop_.get(), &revision_environment_, revisions_.get(), runner_.get(),
      &*runtime_);
  ASSIGN_OR_RETURN(
      rpc::Listener listener,
      rpc::Listener::Unix(flags_.run_dir + "/runnerd.sock", group_));
  ASSIGN_OR_RETURN(
      server_,
      rpc::Server::Start(
          {.listener = std::move(listener),
           .access = {.group = group_, .read_only_uids = {flags_.gateway}},
           .limits = flags_.api,
           .services = {service_.get(), &convergence_}}));
  return absl::OkStatus();
}

absl::Status RunnerDaemon::WatchStopSignals() {
  ASSIGN_OR_RETURN(stop_signals_, daemon::StopSignals());
  ASSIGN_OR_RETURN(stop_watch_,
                   loop_->Watch(stop_signals_.get(), EPOLLIN,
                                [this](uint32_t) { OnStopSignal(); }));
  return absl::OkStatus();
}

void RunnerDaemon::FollowRegistry() {
  applier_.emplace(
      loop_.get(),
      StateApplier::Callbacks{.apply =
                                  [this](const function::FunctionState& state) {
                                    return runner_->Apply(state);
                                  },
                              .on_applied =
                                  [this](uint64_t generation) {
                                    server_->SetServing(true);
                                    convergence_.Reached(generation);
                                  }});
  watch_.emplace(rpc::UnixChannel(flags_.run_dir + "/registryd.sock"),
                 [this](std::shared_ptr<const function::FunctionState> state) {
                   loop_->Post([this, state] { applier_->Set(state); });
                 });
}

void RunnerDaemon::OnStopSignal() {
  loop_->Unwatch(stop_watch_);
  applier_->Stop();
  server_->SetServing(false);
  runner_->Drain(event::EventLoop::Now() + flags_.timeouts.stop,
                 [this] { loop_->Stop(); });
}

void RunnerDaemon::Run() {
  loop_->Run();
  server_->Shutdown(absl::ZeroDuration());
  cgroups_->RemoveParent();
  UnmountBundles(bundles_);
  log::Flush();
}

}  // namespace faas::runnerd
