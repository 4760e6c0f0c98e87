// run_path: what a connection costs, and what of it is faasd's.
//
//   bazel run //tests/benchmark:run_path -- [--rounds=N] [--connections=N]
//       [--runtime=runc|crun] [--against=OTHER_BAZEL_BIN] [--json]
//
// It starts the real daemons on a host of their own (namespaces; needs root),
// deploys a handler in C++ that answers at once, and measures from the client's
// connect to the end of the answer:
//
//   faasd    the product: three daemons, one container for each connection
//   harness  the same without daemons: one plain C++ process that accepts, runs
//            the runtime on the same bundle, passes the descriptor on by the
//            control socket, and removes what is left
//   floor    no container: an acceptor, and a process that waits for the
//            descriptor
//
// They take turns, so compare figures of one run only. "per second" counts
// until the last container's last trace is gone. CPU time is that of the
// process itself; "children" are the runtime and the containers. A target that
// is not met is said so, and is no failure.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "tests/benchmark/direct_mode.h"
#include "tests/benchmark/report.h"
#include "tests/testing/private_host.h"
#include "tests/testing/runfile.h"

ABSL_FLAG(int, rounds, 30, "Turns of each contestant at each concurrency.");
ABSL_FLAG(int, connections, 16, "Connections in a turn.");
ABSL_FLAG(std::string, runtime, "runc", "The OCI runtime: runc or crun.");
ABSL_FLAG(
    std::string, against, "",
    "Another build's bazel-bin: its faasd is measured too, as \"other\".");
ABSL_FLAG(bool, json, false, "Print JSON.");

namespace faas::benchmark {
namespace {

constexpr char kUsage[] =
    "What a connection costs: faasd, one container by the runtime for each, "
    "against the same path in one plain process (harness), and against no "
    "container at all (floor), in one run. Needs root.";

int Run(const std::string& no_host_reason) {
  if (!no_host_reason.empty()) {
    std::fprintf(stderr, "no private host: %s\n", no_host_reason.c_str());
    return 1;
  }
  const std::string runtime = absl::GetFlag(FLAGS_runtime);
  const auto result = MeasureDirectMode(
      {.runtime = runtime,
       .other_build = absl::GetFlag(FLAGS_against),
       .comparison = {.rounds = absl::GetFlag(FLAGS_rounds),
                      .connections = absl::GetFlag(FLAGS_connections)}});
  if (absl::IsFailedPrecondition(result.status())) {
    std::fprintf(stderr, "skipped, %s cannot be used here: %s\n",
                 runtime.c_str(),
                 std::string(result.status().message()).c_str());
    return 0;
  }
  if (!result.ok()) {
    std::fprintf(stderr, "%s\n",
                 std::string(result.status().message()).c_str());
    return 1;
  }
  const std::string report = absl::GetFlag(FLAGS_json)
                                 ? JsonReport(runtime, *result)
                                 : TextReport(runtime, *result);
  std::fputs(report.c_str(), stdout);
  return 0;
}

}  // namespace
}  // namespace faas::benchmark

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(faas::benchmark::kUsage);
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_rounds) < 1 || absl::GetFlag(FLAGS_connections) < 1) {
    std::fprintf(stderr, "--rounds and --connections must be positive\n");
    return 1;
  }
  faas::testing::FindRunfiles();
  // Debian keeps runc in sbin, which not everybody's PATH has.
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         /*overwrite=*/1);
  return faas::testing::RunOnPrivateHost(faas::benchmark::Run);
}
