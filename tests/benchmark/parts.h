#ifndef FAAS_TESTS_BENCHMARK_PARTS_H_
#define FAAS_TESTS_BENCHMARK_PARTS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/benchmark/contestants.h"
#include "tests/benchmark/report.h"

namespace faas::benchmark {

// These functions measure the parts of run_path. Each leaves the contestants as
// it found them.

struct PartOptions {
  int rounds = 0;
  // How many connections each contestant gets in each round.
  int connections = 0;
  // How long the overload lasts.
  absl::Duration overload_time;
  // How many warm instances there are when their memory is measured.
  int density_warm_instances = 0;
};

// Measures connections for each of which the runtime starts a container, with
// one client and with eight.
absl::StatusOr<Part> MeasureDirect(const Contestants& all,
                                   const PartOptions& options);

// Measures connections to warm instances: one client makes 30 per second.
absl::StatusOr<Part> MeasureWarm(const Contestants& all,
                                 const PartOptions& options);
// Measures connections to warm instances that one client makes as fast as it
// can, half as many as there are warm instances.
absl::StatusOr<Part> MeasureBurst(const Contestants& all,
                                  const PartOptions& options);
// Measures connections that eight clients make as fast as they can, which is no
// faster than containers can be started.
absl::StatusOr<Part> MeasureSaturated(const Contestants& all,
                                      const PartOptions& options);

// Measures what happens at ten times the load that can be served.
absl::StatusOr<Part> MeasureOverload(const Contestants& all,
                                     const PartOptions& options);

// Measures the memory of warm instances.
absl::StatusOr<Part> MeasureDensity(const Contestants& all,
                                    const PartOptions& options);

// Measures the commands of other programs that run a container of an image, if
// they are installed.
absl::StatusOr<Part> MeasureEngines(const Contestants& all,
                                    const PartOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_PARTS_H_
