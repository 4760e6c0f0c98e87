// Runs the benchmark once, small, so that it keeps working. It does not check
// the speed.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "testing/status_matchers.h"
#include "tests/benchmark/deploy/deploy_comparison.h"

namespace faas::benchmark {
namespace {

TEST(DeployPathTest, EveryCompressionIsMeasured) {
  const auto series =
      MeasureDeploys({.rounds = 1, .image_bytes = 8 << 20, .image_files = 400});
  ASSERT_OK(series);
  const auto report = nlohmann::json::parse(DeployJson(*series));
  ASSERT_EQ(report.size(), 3u);
  for (const auto& row : report) {
    for (const char* field :
         {"deploy_ms", "reference_ms", "second_ms", "hash_ms"}) {
      EXPECT_GT(row[field], 0) << row;
    }
    // This holds for every image, on every machine.
    EXPECT_LT(row["memory_bytes"], 64 << 20) << row;
  }
  EXPECT_NE(DeployReport(*series).find("at most 1.00"), std::string::npos);
}

}  // namespace
}  // namespace faas::benchmark
