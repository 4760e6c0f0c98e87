#ifndef FAAS_TESTS_BENCHMARK_CONTESTANTS_H_
#define FAAS_TESTS_BENCHMARK_CONTESTANTS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "tests/benchmark/faasd_contestant.h"
#include "tests/benchmark/reference_contestant.h"

namespace faas::benchmark {

// All contestants that are compared on this private host (see
// testing/private_host.h).
struct Contestants {
  std::string runtime;
  int warm_instances = 0;
  std::unique_ptr<FaasdContestant> faasd;
  // Another build of faasd, or null.
  std::unique_ptr<FaasdContestant> other;
  std::unique_ptr<ReferenceContestant> harness, plain_harness, warm_harness,
      floor;
};

struct ContestantOptions {
  std::string runtime = "runc";
  // The bazel-bin of another build of faasd, or "".
  std::string other_build;
  // How many warm instances faasd and the warm harness keep.
  int warm_instances = 64;
};

// Starts all contestants and warms each up. FAILED_PRECONDITION if the runtime
// is not runc and cannot be used on this machine. Another error is a failure
// and has the log of the contestant that failed.
absl::StatusOr<Contestants> StartContestants(const ContestantOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_CONTESTANTS_H_
