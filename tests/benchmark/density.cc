#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "testing/census.h"
#include "tests/benchmark/comparison.h"
#include "tests/benchmark/memory.h"
#include "tests/benchmark/parts.h"

namespace faas::benchmark {
namespace {

constexpr double kMaxKiB = 100;

struct Memory {
  uint64_t daemons = 0;
  uint64_t handlers = 0;
  uint64_t others = 0;  // Other descendants of runnerd.
  uint64_t kernel = 0;
};

Memory MeasureMemory(const FaasdContestant& faasd) {
  Memory memory;
  memory.kernel = KernelBytes();
  memory.daemons = PssBytes(faasd.gatewayd()) + PssBytes(faasd.runnerd());
  for (const pid_t pid : testing::ProcessTree(faasd.runnerd())) {
    if (pid == faasd.runnerd()) continue;
    // The handler is the only program in its container.
    const bool handler = testing::ProcessName(pid) == "victim";
    (handler ? memory.handlers : memory.others) += PssBytes(pid);
  }
  return memory;
}

double KiB(uint64_t after, uint64_t before, int warm_instances) {
  return (static_cast<double>(after) - static_cast<double>(before)) / 1024 /
         warm_instances;
}

}  // namespace

absl::StatusOr<Part> MeasureDensity(const Contestants& all,
                                    const PartOptions& options) {
  FaasdContestant& faasd = *all.faasd;
  const int warm_instances = options.density_warm_instances;
  Part part = {
      .name = "density",
      .title = absl::StrCat(warm_instances, " warm instances of one function")};
  const Memory before = MeasureMemory(faasd);
  RETURN_IF_ERROR(faasd.SetWarmInstances(warm_instances));
  const auto cold =
      absl::MakeCleanup([&] { static_cast<void>(faasd.SetWarmInstances(0)); });
  RETURN_IF_ERROR(AwaitSettled(faasd));
  const Memory after = MeasureMemory(faasd);
  part.figures = {
      {"the handler itself", KiB(after.handlers, 0, warm_instances), "KiB"},
      {"gatewayd and runnerd",
       KiB(after.daemons, before.daemons, warm_instances), "KiB"},
      {"other processes", KiB(after.others, before.others, warm_instances),
       "KiB"},
      {"kernel (slabs, page tables, stacks; of the whole host)",
       KiB(after.kernel, before.kernel, warm_instances), "KiB"},
  };
  part.targets.push_back(
      {.what = "a warm instance (PSS) beyond the handler itself",
       .unit = "KiB",
       .value = Single(KiB(after.daemons + after.others,
                           before.daemons + before.others, warm_instances)),
       .limit = kMaxKiB});
  return part;
}

}  // namespace faas::benchmark
