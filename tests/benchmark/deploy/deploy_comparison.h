#ifndef FAAS_TESTS_BENCHMARK_DEPLOY_DEPLOY_COMPARISON_H_
#define FAAS_TESTS_BENCHMARK_DEPLOY_DEPLOY_COMPARISON_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/benchmark/deploy/phases.h"
#include "tests/benchmark/deploy/sample_image.h"

namespace faas::benchmark {

struct DeployOptions {
  int rounds = 5;
  uint64_t image_bytes = uint64_t{256} << 20;
  int image_files = 13'500;
  // An archive of the user's own in place of the samples, in every round the
  // same; its layers are removed between the rounds.
  std::string archive;
};

// One compression, all rounds.
struct DeploySeries {
  std::string name;
  std::string reference;  // the program that unpacks for comparison
  std::vector<absl::Duration> deploy;     // `faas new`, start to end
  std::vector<absl::Duration> unpack;     // the reference, synced
  std::vector<absl::Duration> second;     // `faas new` again, another name
  std::vector<absl::Duration> sha256sum;  // that command, of the archive
  // Reading and hashing the archive in a process that runs, with the hash
  // function that registryd has.
  std::vector<absl::Duration> hash;
  std::vector<Phases> phases;
  uint64_t archive_bytes = 0;
  // By how much registryd's resident memory grew, and what the extractor took,
  // at most, over all rounds.
  uint64_t memory_bytes = 0;
};

// Runs in a private host; see RunOnPrivateHost.
absl::StatusOr<std::vector<DeploySeries>> MeasureDeploys(
    const DeployOptions& options);

// The tables; with the targets and whether they are met.
std::string DeployReport(const std::vector<DeploySeries>& series);
std::string DeployJson(const std::vector<DeploySeries>& series);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DEPLOY_DEPLOY_COMPARISON_H_
