#ifndef FAAS_TESTS_BENCHMARK_OPEN_LOOP_H_
#define FAAS_TESTS_BENCHMARK_OPEN_LOOP_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace faas::benchmark {

struct OpenLoopOptions {
  std::string address;
  uint16_t port = 0;
  // Connections a second; they begin when it is time, whatever became of those
  // before.
  double rate = 0;
  absl::Duration time;
  // Open at once; one that would be more is not made, and counted.
  int max_open = 8000;
};

struct OpenLoopResult {
  // From the connect to the end of the answer, of those answered 200 and 503.
  std::vector<absl::Duration> served, refused;
  // Of others, how many ended how: "reset", "502", "timeout", "not made".
  std::map<std::string, int> errors;
  absl::Duration elapsed;  // until the last had its answer
  // Of those served while connections still came.
  int served_in_time = 0;
  absl::Duration cpu;  // of the load itself
};

// Makes connections at a rate, on one thread.
absl::StatusOr<OpenLoopResult> RunOpenLoop(const OpenLoopOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_OPEN_LOOP_H_
