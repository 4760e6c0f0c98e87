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
  // Connections per second. Each begins at its time, even if earlier ones have
  // no answer yet.
  double rate = 0;
  // How long new connections begin.
  absl::Duration time;
  // How many connections may be open at the same time. A further one is not
  // made but counted as an error.
  int max_open = 8000;
};

struct OpenLoopResult {
  // The times from the connect to the end of the answer, of connections that
  // were answered with 200 and with 503.
  std::vector<absl::Duration> served, refused;
  // How many connections ended in another way, by that way: "reset", "timeout",
  // "not made", or the first line of the answer.
  std::map<std::string, int> errors;
  // From the first connect until the last connection had its answer.
  absl::Duration elapsed;
  // How many were answered with 200 while new connections still began.
  int served_in_time = 0;
  // CPU time that making the load took.
  absl::Duration cpu;
};

// Makes connections at a rate, on one thread. Returns when all have ended.
absl::StatusOr<OpenLoopResult> RunOpenLoop(const OpenLoopOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_OPEN_LOOP_H_
