#include "faas_cli/option_flags.h"

#include <string>

#include "gtest/gtest.h"

namespace faas::cli {
namespace {

TEST(ParseOptions, NothingGivenChangesNothing) {
  const auto change = ParseOptions({});
  ASSERT_TRUE(change.ok());
  EXPECT_TRUE(change->empty());
}

TEST(ParseOptions, EachOptionIsNamedInTheMask) {
  const auto change = ParseOptions({.protocol = "tcp",
                                    .warm = "4",
                                    .idle_after = "2m",
                                    .warm_max_age = "1h",
                                    .max_concurrency = "5",
                                    .max_queued = "6",
                                    .queue_timeout = "1.5s",
                                    .start_timeout = "250ms",
                                    .timeout = "0"});
  ASSERT_TRUE(change.ok()) << change.status();
  EXPECT_EQ(change->mask.paths_size(), 10);
  const v1::FunctionOptions& options = change->options;
  EXPECT_EQ(options.protocol(), v1::FunctionOptions::PROTOCOL_TCP);
  EXPECT_EQ(options.warm().spares(), 4);
  EXPECT_EQ(options.warm().idle_after().seconds(), 120);
  EXPECT_EQ(options.warm().max_age().seconds(), 3600);
  EXPECT_EQ(options.max_concurrency(), 5);
  EXPECT_EQ(options.max_queued(), 6);
  EXPECT_EQ(options.queue_timeout().seconds(), 1);
  EXPECT_EQ(options.queue_timeout().nanos(), 500'000'000);
  EXPECT_EQ(options.start_timeout().nanos(), 250'000'000);
  EXPECT_TRUE(options.has_timeout());
}

TEST(ParseOptions, WarmIsANumberOrAuto) {
  const auto change = ParseOptions({.warm = "auto"});
  ASSERT_TRUE(change.ok());
  EXPECT_TRUE(change->options.warm().automatic());
  EXPECT_EQ(ParseOptions({.warm = "lots"}).status().message(),
            "--warm \"lots\": must be a number, or auto");
  EXPECT_FALSE(ParseOptions({.warm = "-1"}).ok());
}

TEST(ParseOptions, WrongFormsNameTheOptionAndTheForm) {
  EXPECT_EQ(ParseOptions({.protocol = "udp"}).status().message(),
            "--protocol \"udp\": must be http or tcp");
  EXPECT_EQ(ParseOptions({.timeout = "30"}).status().message(),
            "--timeout \"30\": must be a duration such as 500ms, 30s or 5m, or "
            "0 for the host's");
  EXPECT_FALSE(ParseOptions({.timeout = "-1s"}).ok());
  EXPECT_FALSE(ParseOptions({.queue_timeout = "inf"}).ok());
  EXPECT_FALSE(ParseOptions({.max_queued = "5000000000"}).ok());
}

}  // namespace
}  // namespace faas::cli
