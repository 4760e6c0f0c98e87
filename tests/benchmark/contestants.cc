#include "tests/benchmark/contestants.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "tests/benchmark/comparison.h"

namespace faas::benchmark {
namespace {

// This runtime has to work. Another one may be unusable on this machine.
constexpr char kDefaultRuntime[] = "runc";

absl::Status WithLog(const absl::Status& status, const Contestant& contestant) {
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), "\n", contestant.Log()));
}

}  // namespace

absl::StatusOr<Contestants> StartContestants(const ContestantOptions& options) {
  Contestants all;
  all.runtime = options.runtime;
  all.warm_instances = options.warm_instances;
  ASSIGN_OR_RETURN(
      all.faasd, FaasdContestant::Start("faasd", 0,
                                        /*programs_dir=*/"", options.runtime));
  const v1::Function& function = all.faasd->function();
  const std::string& images = all.faasd->state_dir();
  ASSIGN_OR_RETURN(all.harness, ReferenceContestant::StartHarness(
                                    function, images, options.runtime));
  const absl::Status usable = WarmUp(*all.harness);
  if (!usable.ok() && options.runtime != kDefaultRuntime) {
    return absl::FailedPreconditionError(
        WithLog(usable, *all.harness).message());
  }
  ASSIGN_OR_RETURN(all.plain_harness, ReferenceContestant::StartPlainHarness(
                                          function, images, options.runtime));
  ASSIGN_OR_RETURN(all.floor, ReferenceContestant::StartFloor());
  ASSIGN_OR_RETURN(all.warm_harness, ReferenceContestant::StartWarmHarness(
                                         function, images, options.runtime,
                                         options.warm_instances));
  if (!options.other_build.empty()) {
    ASSIGN_OR_RETURN(all.other,
                     FaasdContestant::Start("other", 1, options.other_build,
                                            options.runtime));
  }
  const std::initializer_list<const Contestant*> started = {
      all.faasd.get(), all.harness.get(),      all.plain_harness.get(),
      all.floor.get(), all.warm_harness.get(), all.other.get()};
  for (const Contestant* contestant : started) {
    if (contestant == nullptr) continue;
    const absl::Status status = WarmUp(*contestant);
    if (!status.ok()) return WithLog(status, *contestant);
  }
  return all;
}

}  // namespace faas::benchmark
