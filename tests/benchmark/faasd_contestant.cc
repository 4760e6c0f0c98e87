#include "tests/benchmark/faasd_contestant.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "common/rpc/channel.h"
#include "common/rpc/status.h"
#include "faas/v1/function_service.grpc.pb.h"
#include "faas/v1/runner_service.grpc.pb.h"
#include "testing/victim_image.h"
#include "tests/benchmark/cpu_time.h"

namespace faas::benchmark {
namespace {

constexpr char kFunction[] = "benchmark";
constexpr int kControlPort = 8080;

absl::StatusOr<v1::Function> Describe(const std::string& run_dir) {
  const auto stub = v1::FunctionService::NewStub(
      rpc::UnixChannel(run_dir + "/registryd.sock"));
  grpc::ClientContext context;
  v1::GetFunctionRequest request;
  request.set_name(kFunction);
  v1::GetFunctionResponse response;
  RETURN_IF_ERROR(
      rpc::FromGrpc(stub->GetFunction(&context, request, &response)));
  return response.function();
}

}  // namespace

absl::StatusOr<std::unique_ptr<FaasdContestant>> FaasdContestant::Start(
    const std::string& name, int number, const std::string& programs_dir,
    const std::string& runtime) {
  testing::PlatformOptions options;
  options.default_deadlines = true;
  // On tmpfs, as by default.
  options.run_dir = absl::StrCat("/run/faasd-", number);
  options.pool = absl::StrCat("10.0.", number, ".0/24");
  options.control_listen = absl::StrCat("127.0.0.1:", kControlPort + number);
  options.runtime = runtime;
  options.programs_dir = programs_dir;
  auto contestant = std::unique_ptr<FaasdContestant>(
      new FaasdContestant(name, std::move(options)));
  testing::Platform& platform = contestant->platform_;
  RETURN_IF_ERROR(platform.Start());
  RETURN_IF_ERROR(
      platform.Deploy(kFunction, testing::VictimArchive({"ok"})).status());
  ASSIGN_OR_RETURN(contestant->function_, Describe(platform.run_dir()));
  contestant->gatewayd_ = platform.DaemonPid("gatewayd");
  contestant->runnerd_ = platform.DaemonPid("runnerd");
  return contestant;
}

absl::Status FaasdContestant::SetSpares(int spares) {
  const testing::CommandResult result =
      platform_.Faas({"update", kFunction, absl::StrCat("--warm=", spares)});
  if (result.exit_code != 0) return absl::UnknownError(result.err);
  spares_ = spares;
  return absl::OkStatus();
}

// runnerd removes a container's cgroups and state before its bundle.
bool FaasdContestant::Settled() const {
  const std::string bundles = platform_.state_dir() + "/bundles";
  const auto count = std::distance(std::filesystem::directory_iterator(bundles),
                                   std::filesystem::directory_iterator());
  // To ask costs runnerd more.
  if (spares_ == 0 || count != spares_) return count == spares_;
  const auto stub = v1::RunnerService::NewStub(
      rpc::UnixChannel(platform_.run_dir() + "/runnerd.sock"));
  grpc::ClientContext context;
  v1::ListInstancesResponse response;
  if (!stub->ListInstances(&context, {}, &response).ok()) return false;
  return response.instances_size() == spares_ &&
         std::all_of(response.instances().begin(), response.instances().end(),
                     [](const v1::Instance& instance) {
                       return instance.state() == v1::Instance::STATE_SPARE;
                     });
}

CpuTimes FaasdContestant::CpuTimesSoFar() const {
  return {{"gatewayd", CpuTimeOf(gatewayd_)},
          {"runnerd", CpuTimeOf(runnerd_)},
          {kChildren, CpuTimeOfChildren(runnerd_)}};
}

}  // namespace faas::benchmark
