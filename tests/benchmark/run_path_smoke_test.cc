// Runs every part of the benchmark once, small, so that it keeps working. It
// does not check the speed.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "testing/status_matchers.h"
#include "tests/benchmark/parts.h"
#include "tests/benchmark/report.h"

namespace faas::benchmark {
namespace {

constexpr PartOptions kSmall = {.rounds = 1,
                                .connections = 4,
                                .overload_time = absl::Seconds(2),
                                .density_warm_instances = 3};

// Each part has targets, and either series or figures.
TEST(RunPathTest, EveryPartIsMeasured) {
  const auto all = StartContestants({.warm_instances = 8});
  ASSERT_OK(all);
  std::vector<Part> parts;
  for (const auto measure :
       {MeasureDirect, MeasureWarm, MeasureBurst, MeasureSaturated,
        MeasureOverload, MeasureDensity}) {
    const auto part = measure(*all, kSmall);
    ASSERT_OK(part);
    parts.push_back(*part);
  }
  const auto report = nlohmann::json::parse(JsonReport("runc", parts));
  ASSERT_EQ(report["parts"].size(), parts.size());
  for (const auto& part : report["parts"]) {
    EXPECT_FALSE(part["targets"].empty()) << part;
    EXPECT_NE(part["paths"].empty(), part["figures"].empty()) << part;
    for (const auto& path : part["paths"]) {
      EXPECT_GE(path["connections"], 4) << path;
      EXPECT_GT(path["median_ms"], 0) << path;
      EXPECT_GE(path["p99_ms"], path["median_ms"]) << path;
      EXPECT_GT(path["per_second"], 0) << path;
    }
  }
  EXPECT_EQ(report["parts"][0]["paths"].size(), 8);
  EXPECT_NE(TextReport("runc", parts).find("warm-harness"), std::string::npos);
}

}  // namespace
}  // namespace faas::benchmark
