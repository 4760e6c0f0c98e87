#include "tests/benchmark/direct_mode.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "tests/benchmark/faasd_contestant.h"
#include "tests/benchmark/reference_contestant.h"

namespace faas::benchmark {
namespace {

// It must work; another may be one that this machine does not suit.
constexpr char kDefaultRuntime[] = "runc";

absl::Status WithLog(const absl::Status& status, const Contestant& contestant) {
  return absl::Status(status.code(),
                      absl::StrCat(status.message(), "\n", contestant.Log()));
}

}  // namespace

absl::StatusOr<std::vector<Series>> MeasureDirectMode(
    const DirectModeOptions& options) {
  const std::string& runtime = options.runtime;
  ASSIGN_OR_RETURN(
      const std::unique_ptr<FaasdContestant> faasd,
      FaasdContestant::Start("faasd", 0, /*programs_dir=*/"", runtime));
  ASSIGN_OR_RETURN(const std::unique_ptr<ReferenceContestant> harness,
                   ReferenceContestant::StartHarness(
                       faasd->function(), faasd->state_dir(), runtime));
  ASSIGN_OR_RETURN(const std::unique_ptr<ReferenceContestant> floor,
                   ReferenceContestant::StartFloor());
  std::vector<const Contestant*> all = {faasd.get(), harness.get(),
                                        floor.get()};
  std::unique_ptr<FaasdContestant> other;
  if (!options.other_build.empty()) {
    ASSIGN_OR_RETURN(other, FaasdContestant::Start(
                                "other", 1, options.other_build, runtime));
    all.push_back(other.get());
  }
  const absl::Status usable = WarmUp(*harness);
  if (!usable.ok() && runtime != kDefaultRuntime) {
    return absl::FailedPreconditionError(WithLog(usable, *harness).message());
  }
  for (const Contestant* contestant : all) {
    const absl::Status status = WarmUp(*contestant);
    if (!status.ok()) return WithLog(status, *contestant);
  }
  return Compare(all, options.comparison);
}

}  // namespace faas::benchmark
