// Keeps the benchmark from rotting; says nothing about speed.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/benchmark/direct_mode.h"
#include "tests/benchmark/report.h"
#include "tests/testing/status_matchers.h"

namespace faas::benchmark {
namespace {

TEST(RunPathTest, EveryContestantIsMeasured) {
  const auto result =
      MeasureDirectMode({.comparison = {.rounds = 1, .connections = 4}});
  ASSERT_OK(result);
  const auto report = nlohmann::json::parse(JsonReport("runc", *result));
  ASSERT_EQ(report["paths"].size(), 6);
  for (const auto& path : report["paths"]) {
    EXPECT_EQ(path["connections"], 4) << path;
    EXPECT_GT(path["median_ms"], 0) << path;
    EXPECT_GE(path["p99_ms"], path["median_ms"]) << path;
    EXPECT_GT(path["per_second"], 0) << path;
  }
  EXPECT_EQ(report["targets"].size(), 2);
  EXPECT_NE(TextReport("runc", *result).find("harness"), std::string::npos);
}

}  // namespace
}  // namespace faas::benchmark
