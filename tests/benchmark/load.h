#ifndef FAAS_TESTS_BENCHMARK_LOAD_H_
#define FAAS_TESTS_BENCHMARK_LOAD_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::benchmark {

struct LoadOptions {
  std::string address;
  uint16_t port = 0;
  int connections = 0;
  // How many clients there are. Each connects again as soon as it has its
  // answer.
  int concurrency = 1;
  // If it is not zero, a connection begins at each multiple of it, or later if
  // the client's connection before it is not over by then.
  absl::Duration interval;
};

// Makes the connections. Returns for each the time from the client's connect to
// the end of the answer, or the error of the first connection that failed or
// was not answered with 200.
absl::StatusOr<std::vector<absl::Duration>> RunLoad(const LoadOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_LOAD_H_
