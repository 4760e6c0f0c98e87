#include "tests/benchmark/reference_contestant.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/errno_status.h"
#include "common/base/status_macros.h"
#include "common/fs/file.h"
#include "testing/runfile.h"
#include "tests/benchmark/cpu_time.h"

namespace faas::benchmark {
namespace {

constexpr uint16_t kHarnessPort = 9001;
constexpr uint16_t kFloorPort = 9002;
constexpr uint16_t kWarmHarnessPort = 9003;
constexpr uint16_t kPlainHarnessPort = 9004;

}  // namespace

ReferenceContestant::ReferenceContestant(std::string name, uint16_t port)
    : name_(std::move(name)),
      port_(port),
      state_dir_(absl::StrCat("/run/benchmark-", name_)) {}

absl::Status ReferenceContestant::Start(const std::string& path,
                                        const std::vector<std::string>& flags) {
  std::vector<std::string> command = {
      testing::Runfile("tests/benchmark/reference/reference"),
      absl::StrCat("--path=", path), absl::StrCat("--port=", port_)};
  command.insert(command.end(), flags.begin(), flags.end());
  ASSIGN_OR_RETURN(process_, testing::Daemon::Start(command, &log_));
  if (!testing::WaitUntil([this] {
        return !process_->running() || log_.Text() == "ready\n";
      }) ||
      !process_->running()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the ", name_, " did not start: ", log_.Text()));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ReferenceContestant>>
ReferenceContestant::StartHarness(const v1::Function& function,
                                  const std::string& image_state_dir,
                                  const std::string& runtime) {
  return StartHarness(std::unique_ptr<ReferenceContestant>(
                          new ReferenceContestant("harness", kHarnessPort)),
                      function, image_state_dir, runtime);
}

absl::StatusOr<std::unique_ptr<ReferenceContestant>>
ReferenceContestant::StartPlainHarness(const v1::Function& function,
                                       const std::string& image_state_dir,
                                       const std::string& runtime) {
  auto contestant = std::unique_ptr<ReferenceContestant>(
      new ReferenceContestant("plain-harness", kPlainHarnessPort));
  contestant->default_spec_ = true;
  return StartHarness(std::move(contestant), function, image_state_dir,
                      runtime);
}

absl::StatusOr<std::unique_ptr<ReferenceContestant>>
ReferenceContestant::StartWarmHarness(const v1::Function& function,
                                      const std::string& image_state_dir,
                                      const std::string& runtime,
                                      int warm_instances) {
  auto contestant = std::unique_ptr<ReferenceContestant>(
      new ReferenceContestant("warm-harness", kWarmHarnessPort));
  contestant->warm_instances_ = warm_instances;
  return StartHarness(std::move(contestant), function, image_state_dir,
                      runtime);
}

absl::StatusOr<std::unique_ptr<ReferenceContestant>>
ReferenceContestant::StartHarness(
    std::unique_ptr<ReferenceContestant> contestant,
    const v1::Function& function, const std::string& image_state_dir,
    const std::string& runtime) {
  const std::string& state_dir = contestant->state_dir_;
  RETURN_IF_ERROR(fs::MakeDirectories(state_dir, 0711));
  const std::string layers = state_dir + "/layers";
  if (symlink((image_state_dir + "/layers").c_str(), layers.c_str()) != 0) {
    return base::ErrnoStatus(absl::StrCat("symlink \"", layers, "\""));
  }
  const std::string function_file = state_dir + "/function";
  ASSIGN_OR_RETURN(const base::UniqueFd fd,
                   fs::Open(function_file, O_WRONLY | O_CREAT));
  RETURN_IF_ERROR(fs::WriteFd(fd.get(), function.SerializeAsString()));
  RETURN_IF_ERROR(contestant->Start(
      "harness",
      {absl::StrCat("--state_dir=", state_dir),
       absl::StrCat("--function=", function_file),
       absl::StrCat("--runtime=", runtime),
       absl::StrCat("--warm_instances=", contestant->warm_instances_),
       absl::StrCat("--default_spec=", contestant->default_spec_)}));
  return contestant;
}

absl::StatusOr<std::unique_ptr<ReferenceContestant>>
ReferenceContestant::StartFloor() {
  auto contestant = std::unique_ptr<ReferenceContestant>(
      new ReferenceContestant("floor", kFloorPort));
  RETURN_IF_ERROR(contestant->Start("floor", {}));
  return contestant;
}

// The bundles are counted, because the bundle of a container is removed last,
// as in runnerd.
bool ReferenceContestant::Settled() const {
  const std::string bundles = state_dir_ + "/bundles";
  int count = 0, ready = 0;
  std::error_code error;
  for (const auto& bundle :
       std::filesystem::directory_iterator(bundles, error)) {
    ++count;
    ready += std::filesystem::exists(bundle.path() / "ready", error) ? 1 : 0;
  }
  return count == warm_instances_ && ready == warm_instances_;
}

CpuTimes ReferenceContestant::CpuTimesSoFar() const {
  return {{name_, CpuTimeOf(process_->pid())},
          {kChildren, CpuTimeOfChildren(process_->pid())}};
}

}  // namespace faas::benchmark
