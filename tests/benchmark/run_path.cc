// run_path measures what a connection costs, and which part of that is faasd's.
//
//   bazel run //tests/benchmark:run_path -- [--only=direct,warm,...]
//       [--rounds=N] [--connections=N] [--runtime=runc|crun]
//       [--overload_seconds=N] [--against=OTHER_BAZEL_BIN] [--json]
//
// It needs root. It starts the real daemons on a private host (namespaces),
// deploys a handler in C++ that answers at once, and measures from the client's
// connect to the end of the answer. The contestants are:
//
//   faasd         the three daemons
//   harness       one plain C++ process without daemons: it accepts, runs the
//                 runtime on the same bundle, passes the descriptor on by the
//                 control socket, and removes what is left
//   plain-harness a harness with the configuration that `runc spec` writes,
//                 which has no user namespace, no seccomp filter and no limits
//   warm-harness  a harness with warm instances
//   floor         no container: one process accepts the connection and passes
//                 the descriptor to another one, which answers
//
// The parts are direct, warm, burst, saturated, overload, density and engines.
// parts.h describes them.
//
// Contestants take turns, so only values of one run can be compared. "per
// second" counts the time until nothing is left of the last container and all
// warm instances are ready again. CPU time is that of the process itself;
// "children" are the runtime and the containers. The report says which targets
// are not met; that is no failure.

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/str_cat.h"
#include "common/base/status_macros.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/benchmark/contestants.h"
#include "tests/benchmark/parts.h"
#include "tests/benchmark/report.h"

ABSL_FLAG(int, rounds, 30,
          "How many turns each contestant has at each concurrency.");
ABSL_FLAG(int, connections, 16, "How many connections a turn has.");
ABSL_FLAG(
    std::vector<std::string>, only, {},
    "The parts that are run, separated by commas. Without it all are run.");
ABSL_FLAG(int, overload_seconds, 30, "How long the overload lasts.");
ABSL_FLAG(int, density_spares, 200,
          "How many warm instances there are when their memory is measured.");
ABSL_FLAG(std::string, runtime, "runc", "The OCI runtime: runc or crun.");
ABSL_FLAG(
    std::string, against, "",
    "The bazel-bin of another build. Its faasd is measured too, as \"other\".");
ABSL_FLAG(bool, json, false, "Whether the report is JSON.");

namespace faas::benchmark {
namespace {

constexpr char kUsage[] =
    "Measures what a connection costs: faasd, which has a container for each, "
    "is "
    "compared in one run with one plain process that does the same (harness) "
    "and "
    "with a server that has no containers (floor). Needs root.";

using Measure = absl::StatusOr<Part> (*)(const Contestants&,
                                         const PartOptions&);
constexpr std::pair<const char*, Measure> kParts[] = {
    {"direct", MeasureDirect},     {"warm", MeasureWarm},
    {"burst", MeasureBurst},       {"saturated", MeasureSaturated},
    {"overload", MeasureOverload}, {"density", MeasureDensity},
    {"engines", MeasureEngines},
};

bool IsPart(const std::string& name) {
  return std::any_of(std::begin(kParts), std::end(kParts),
                     [&](const auto& part) { return part.first == name; });
}

bool Wanted(const std::string& part) {
  const std::vector<std::string> only = absl::GetFlag(FLAGS_only);
  return only.empty() ||
         std::find(only.begin(), only.end(), part) != only.end();
}

// Measures all parts that are wanted. After an error, `parts` has those that
// were measured before it.
absl::Status MeasureAll(std::vector<Part>& parts) {
  ASSIGN_OR_RETURN(
      Contestants all,
      StartContestants({.runtime = absl::GetFlag(FLAGS_runtime),
                        .other_build = absl::GetFlag(FLAGS_against)}));
  const PartOptions options = {
      .rounds = absl::GetFlag(FLAGS_rounds),
      .connections = absl::GetFlag(FLAGS_connections),
      .overload_time = absl::Seconds(1) * absl::GetFlag(FLAGS_overload_seconds),
      .density_warm_instances = absl::GetFlag(FLAGS_density_spares)};
  for (const auto& [name, measure] : kParts) {
    if (!Wanted(name)) continue;
    // The memory of its containers must not be counted.
    if (measure == MeasureDensity) all.warm_harness.reset();
    std::fprintf(stderr, "measuring %s\n", name);
    auto part = measure(all, options);
    if (!part.ok()) {
      return absl::Status(part.status().code(),
                          absl::StrCat(name, ": ", part.status().message()));
    }
    parts.push_back(*std::move(part));
  }
  return absl::OkStatus();
}

int Run(const std::string& no_host_reason) {
  if (!no_host_reason.empty()) {
    std::fprintf(stderr, "no private host: %s\n", no_host_reason.c_str());
    return 1;
  }
  const std::string runtime = absl::GetFlag(FLAGS_runtime);
  std::vector<Part> parts;
  const absl::Status status = MeasureAll(parts);
  if (absl::IsFailedPrecondition(status)) {
    std::fprintf(stderr, "skipped, %s cannot be used here: %s\n",
                 runtime.c_str(), std::string(status.message()).c_str());
    return 0;
  }
  const std::string report = absl::GetFlag(FLAGS_json)
                                 ? JsonReport(runtime, parts)
                                 : TextReport(runtime, parts);
  std::fputs(report.c_str(), stdout);
  if (status.ok()) return 0;
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
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
  for (const std::string& part : absl::GetFlag(FLAGS_only)) {
    if (!faas::benchmark::IsPart(part)) {
      std::fprintf(stderr, "--only: there is no part \"%s\"\n", part.c_str());
      return 1;
    }
  }
  faas::testing::FindRunfiles();
  // Debian has runc in sbin, which is not in everybody's PATH.
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         /*overwrite=*/1);
  return faas::testing::RunOnPrivateHost(faas::benchmark::Run);
}
