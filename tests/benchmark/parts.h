#ifndef FAAS_TESTS_BENCHMARK_PARTS_H_
#define FAAS_TESTS_BENCHMARK_PARTS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tests/benchmark/contestants.h"
#include "tests/benchmark/report.h"

namespace faas::benchmark {

// The parts of run_path. Each leaves the contestants as it found them.

struct PartOptions {
  int rounds = 0;
  // In each round, of each contestant.
  int connections = 0;
  absl::Duration overload_time;
  int density_warm_instances = 0;
};

// One container by the runtime for each connection, by one client and by
// eight.
absl::StatusOr<Part> MeasureDirect(const Contestants& all,
                                   const PartOptions& options);

// Containers that wait: one client, 30 connections a second.
absl::StatusOr<Part> MeasureWarm(const Contestants& all,
                                 const PartOptions& options);
// One client, as fast as it can, half as many as there are warm instances.
absl::StatusOr<Part> MeasureBurst(const Contestants& all,
                                  const PartOptions& options);
// Eight clients, as fast as they can: no faster than containers are made.
absl::StatusOr<Part> MeasureSaturated(const Contestants& all,
                                      const PartOptions& options);

// Ten times what can be served.
absl::StatusOr<Part> MeasureOverload(const Contestants& all,
                                     const PartOptions& options);

// What warm instances take in memory.
absl::StatusOr<Part> MeasureDensity(const Contestants& all,
                                    const PartOptions& options);

// What else runs a container of an image, where it is installed.
absl::StatusOr<Part> MeasureEngines(const Contestants& all,
                                    const PartOptions& options);

}  // namespace faas::benchmark

#endif  // FAAS_TESTS_BENCHMARK_PARTS_H_
