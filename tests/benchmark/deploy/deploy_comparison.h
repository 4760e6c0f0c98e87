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
  // An archive that is deployed in every round in the place of the samples. Its
  // layers are removed between the rounds.
  std::string archive;
};

// The results of one compression, over all rounds.
struct DeploySeries {
  std::string name;
  // The program that unpacks the archive for comparison.
  std::string reference;
  // `faas new`, from the start of the command to its end.
  std::vector<absl::Duration> deploy;
  // The reference, with a sync after it.
  std::vector<absl::Duration> unpack;
  // `faas new` of the same archive under another name.
  std::vector<absl::Duration> second;
  // The command sha256sum.
  std::vector<absl::Duration> sha256sum;
  // Reading and hashing the archive in this process, with the hash function
  // that registryd has.
  std::vector<absl::Duration> hash;
  std::vector<Phases> phases;
  uint64_t archive_bytes = 0;
  // The largest sum, over all rounds, of the growth of registryd's resident
  // memory and the memory of the extractor.
  uint64_t memory_bytes = 0;
};

// Measures the deploys. Must run on a private host (RunOnPrivateHost).
absl::StatusOr<std::vector<DeploySeries>> MeasureDeploys(
    const DeployOptions& options);

// Returns tables, and which targets are met.
std::string DeployReport(const std::vector<DeploySeries>& series);
std::string DeployJson(const std::vector<DeploySeries>& series);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DEPLOY_DEPLOY_COMPARISON_H_
