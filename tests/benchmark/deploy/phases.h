#ifndef FAAS_TESTS_BENCHMARK_DEPLOY_PHASES_H_
#define FAAS_TESTS_BENCHMARK_DEPLOY_PHASES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::benchmark {

// What the parts of reading an archive would take if each were all there is to
// do, with the library that registryd uses, in one process.
struct Phases {
  absl::Duration read;     // the archive's bytes, from the page cache
  absl::Duration hash;     // reading and hashing them
  absl::Duration inspect;  // all but writing: tar, inflating, all digests
  absl::Duration extract;  // that and writing
  absl::Duration sync;     // what syncfs takes then
};

// `directory` is new and on the disk that is measured; it stays.
absl::StatusOr<Phases> MeasurePhases(const std::string& archive,
                                     const std::string& directory);

// Reads and hashes the file.
absl::StatusOr<absl::Duration> TimeToHash(const std::string& archive);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_DEPLOY_PHASES_H_
