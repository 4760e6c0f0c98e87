#ifndef FAAS_TESTS_BENCHMARK_CONTESTANTS_H_
#define FAAS_TESTS_BENCHMARK_CONTESTANTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/benchmark/faasd_contestant.h"
#include "tests/benchmark/reference_contestant.h"

namespace faas::benchmark {

// All that are measured against each other, on this private host (see
// testing/private_host.h).
struct Contestants {
  std::string runtime;
  int warm_instances = 0;
  std::unique_ptr<FaasdContestant> faasd;
  // Another build of faasd; null for none.
  std::unique_ptr<FaasdContestant> other;
  std::unique_ptr<ReferenceContestant> harness, plain_harness, warm_harness,
      floor;
};

struct ContestantOptions {
  std::string runtime = "runc";
  // Another build's bazel-bin; empty for none.
  std::string other_build;
  // Of warm paths, faasd's and the harness's.
  int warm_instances = 64;
};

// Starts them, each with a few connections. FAILED_PRECONDITION if the runtime
// is not runc and cannot be used on this machine; other errors are failures,
// with the log of the contestant that failed.
absl::StatusOr<Contestants> StartContestants(const ContestantOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_CONTESTANTS_H_
