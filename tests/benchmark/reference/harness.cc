#include "tests/benchmark/reference/harness.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/synchronization/notification.h"
#include "absl/types/optional.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "common/process/child.h"
#include "runnerd/host/cgroups.h"
#include "runnerd/host/runtime.h"
#include "runnerd/revision/revision.h"
#include "runnerd/revision/rootfs.h"
#include "tests/benchmark/reference/bare_container.h"
#include "tests/benchmark/reference/reference_listener.h"
#include "tests/benchmark/reference/warm_stock.h"

namespace faas::benchmark {
namespace {

// There are more threads than run_path has clients, because a container has not
// ended yet when its client connects again.
constexpr int kThreads = 32;
// How many warm instances start at the same time. runnerd has the same number
// on two processors.
constexpr int kCreators = 2;
constexpr size_t kMaxFunctionBytes = 1 << 20;

// Returns the defaults of runnerd's flags.
runnerd::ContainerSettings DefaultSettings() {
  return {
      .memory_bytes = 512 << 20,
      .cpu_millis = 1000,
      .pids = 256,
      .tmpfs_bytes = 64 << 20,
      .open_files = 1024,
  };
}

absl::StatusOr<std::shared_ptr<const runnerd::Revision>> PrepareRevision(
    const HarnessOptions& options) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   fs::ReadFile(options.function_file, kMaxFunctionBytes));
  v1::Function function;
  if (!function.ParseFromString(bytes)) {
    return absl::InvalidArgumentError("not a function");
  }
  const uint32_t id_base = function.image().id_base();
  RETURN_IF_ERROR(fs::MakeDirectories(options.state_dir + "/images", 0711));
  ASSIGN_OR_RETURN(std::string scaffold,
                   runnerd::MakeScaffold(options.state_dir, id_base));
  return runnerd::Revision::Prepare(function, {.state_dir = options.state_dir,
                                               .scaffold = std::move(scaffold),
                                               .settings = DefaultSettings(),
                                               .id_base = id_base});
}

absl::Status ServeConnections(int listener,
                              const BareContainer::Environment& environment) {
  while (true) {
    ASSIGN_OR_RETURN(base::UniqueFd client, Accept(listener));
    BareContainer container(environment, NextId());
    RETURN_IF_ERROR(container.Run(std::move(client)));
  }
}

// Returns a name that no other harness on this machine has, because namespaces
// do not keep their cgroups apart.
std::string CgroupParent() {
  return absl::StrFormat("faasd-harness-%08x", std::random_device()());
}

void PrintError(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
}

void StartThreads(int count, std::function<absl::Status()> serve) {
  for (int i = 0; i < count; ++i) {
    std::thread([serve] { PrintError(serve()); }).detach();
  }
}

}  // namespace

absl::Status ServeHarness(const HarnessOptions& options) {
  RETURN_IF_ERROR(process::BecomeSubreaper());
  const std::string bundles = options.state_dir + "/bundles";
  const std::string runtime_root = options.state_dir + "/runtime";
  RETURN_IF_ERROR(fs::MakeDirectories(bundles, 0711));
  ASSIGN_OR_RETURN(const auto runtime,
                   runnerd::Runtime::Find(options.runtime, runtime_root));
  ASSIGN_OR_RETURN(const auto cgroups, runnerd::Cgroups::Find(CgroupParent()));
  ASSIGN_OR_RETURN(const auto revision, PrepareRevision(options));
  BareContainer::Environment environment = {.runtime = &runtime,
                                            .cgroups = &cgroups,
                                            .revision = revision.get(),
                                            .bundles = bundles,
                                            .runtime_root = runtime_root};
  absl::optional<DefaultSpec> default_spec;
  if (options.default_spec) {
    ASSIGN_OR_RETURN(
        default_spec,
        DefaultSpec::Make(options.runtime, options.state_dir, *revision));
    environment.default_spec = &*default_spec;
  }
  ASSIGN_OR_RETURN(const auto listener, Listen(options.port));
  WarmStock stock(environment, options.warm_instances);
  if (options.warm_instances > 0) {
    StartThreads(kCreators, [&] { return stock.Refill(); });
    StartThreads(kThreads, [&] { return stock.Finish(); });
    StartThreads(1, [&] { return stock.Serve(listener.get()); });
  } else {
    StartThreads(kThreads,
                 [&] { return ServeConnections(listener.get(), environment); });
  }
  SayReady();
  absl::Notification().WaitForNotification();
  return absl::OkStatus();
}

}  // namespace faas::benchmark
