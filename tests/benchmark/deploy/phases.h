#ifndef FAAS_TESTS_BENCHMARK_DEPLOY_PHASES_H_
#define FAAS_TESTS_BENCHMARK_DEPLOY_PHASES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::benchmark {

// How long the steps of a deploy take with the library that registryd uses, in
// one process without gRPC. Each of the first four includes the one before it.
struct Phases {
  // Reading the archive from the page cache.
  absl::Duration read;
  // Reading and hashing it.
  absl::Duration hash;
  // All but writing: tar, decompression and all digests.
  absl::Duration inspect;
  // All of that, and writing.
  absl::Duration extract;
  // syncfs after the extraction.
  absl::Duration sync;
};

// Measures the phases. Creates `directory`, which must be on the disk that is
// measured, and leaves it there.
absl::StatusOr<Phases> MeasurePhases(const std::string& archive,
                                     const std::string& directory);

// Returns how long it takes to read and hash the file.
absl::StatusOr<absl::Duration> TimeToHash(const std::string& archive);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DEPLOY_PHASES_H_
