#include "common/process/run_to_end.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"

namespace faas::process {
namespace {

TEST(RunToEndTest, GivesTheExitStatus) {
  const auto status =
      RunToEnd({.args = {"/bin/sh", "-c", "exit 3"}}, absl::Minutes(2));
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->code, 3);
  EXPECT_EQ(status->signal, 0);
}

TEST(RunToEndTest, MissingProgramYieldsNotFound) {
  EXPECT_TRUE(absl::IsNotFound(
      RunToEnd({.args = {"/nonexistent"}}, absl::Minutes(2)).status()));
}

TEST(RunToEndTest, ProgramThatTakesTooLongIsKilled) {
  const absl::Time begin = absl::Now();
  const auto status =
      RunToEnd({.args = {"/bin/sleep", "1000"}}, absl::Milliseconds(50));
  EXPECT_TRUE(absl::IsDeadlineExceeded(status.status())) << status.status();
  EXPECT_GE(absl::Now() - begin, absl::Milliseconds(50));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(500));
}

}  // namespace
}  // namespace faas::process
