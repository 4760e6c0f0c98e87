// deploy_path measures what a deploy costs.
//
//   bazel run //tests/benchmark/deploy:deploy_path -- [--rounds=N]
//       [--archive=FILE] [--json]
//
// It needs root. It starts the real daemons on a private host (namespaces),
// with their state on the disk of /tmp, and measures, for layers that are
// plain, gzip and zstd:
//
//   deploy     `faas new` of an image that is new to faasd, until the command
//   has
//              ended, so that the image is durable
//   reference  GNU tar, or bsdtar for compressed layers, which unpacks the
//   archive
//              and then each layer, and `sync -f`
//   second     `faas new` of the same image under another name
//   sha256sum  the command sha256sum of the archive
//   hash       reading and hashing the archive in a process that runs already,
//              with the hash function that registryd has
//
// They take turns and write to new directories. Only values of one run can be
// compared. The report says which targets are not met; that is no failure.

#include <cstdio>
#include <cstdlib>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/benchmark/deploy/deploy_comparison.h"

ABSL_FLAG(int, rounds, 5, "How many turns each has.");
ABSL_FLAG(std::string, archive, "",
          "An archive that is measured instead of samples.");
ABSL_FLAG(bool, json, false, "Whether the report is JSON.");

namespace faas::benchmark {
namespace {

int Run(const std::string& no_host_reason) {
  if (!no_host_reason.empty()) {
    std::fprintf(stderr, "no private host: %s\n", no_host_reason.c_str());
    return 1;
  }
  const auto series = MeasureDeploys({.rounds = absl::GetFlag(FLAGS_rounds),
                                      .archive = absl::GetFlag(FLAGS_archive)});
  if (!series.ok()) {
    std::fprintf(stderr, "%s\n",
                 std::string(series.status().message()).c_str());
    return 1;
  }
  std::fputs(
      (absl::GetFlag(FLAGS_json) ? DeployJson(*series) : DeployReport(*series))
          .c_str(),
      stdout);
  return 0;
}

}  // namespace
}  // namespace faas::benchmark

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage(
      "Measures what a deploy costs: faas new is compared with tar and bsdtar, "
      "for "
      "plain, gzip and zstd layers, in one run. Needs root.");
  absl::ParseCommandLine(argc, argv);
  if (absl::GetFlag(FLAGS_rounds) < 1) {
    std::fprintf(stderr, "--rounds must be positive\n");
    return 1;
  }
  faas::testing::FindRunfiles();
  // Debian has runc in sbin, which is not in everybody's PATH.
  setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         /*overwrite=*/1);
  return faas::testing::RunOnPrivateHost(faas::benchmark::Run);
}
