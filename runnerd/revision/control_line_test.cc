#include "runnerd/revision/control_line.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"

namespace faas::runnerd {
namespace {

absl::Time At(const char* text) {
  absl::Time time;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr));
  return time;
}

// docs/handler_contract.md has the same line.
TEST(ControlLineTest, IsOneLineOfJson) {
  EXPECT_EQ(ControlLine("hello", 1)
                .For(0xab220bfc00000001, "10.0.0.10:50754",
                     At("2026-11-23T14:55:02.047+00:00")),
            R"({"connection_id":"ab220bfc00000001",)"
            R"("deadline":"2026-11-23T14:55:02.047Z","function":"hello",)"
            R"("peer":"10.0.0.10:50754","revision":1})"
            "\n");
}

TEST(ControlLineTest, NumbersKeepTheirWidth) {
  const std::string line =
      ControlLine("a", 12).For(7, "10.0.0.10:1", At("2027-01-02T03:04:05Z"));
  EXPECT_TRUE(absl::StrContains(line, R"("connection_id":"0000000000000007")"));
  EXPECT_TRUE(absl::StrContains(line, R"("2027-01-02T03:04:05.000Z")"));
  EXPECT_TRUE(absl::StrContains(line, R"("revision":12})"));
}

TEST(ControlLineTest, TextIsEscaped) {
  const std::string line =
      ControlLine(R"(a"b)", 1).For(1, "x\"\n", absl::UnixEpoch());
  EXPECT_TRUE(absl::StrContains(line, R"("function":"a\"b")"));
  EXPECT_TRUE(absl::StrContains(line, R"("peer":"x\"\n")"));
}

TEST(ControlLineTest, LengthIsBounded) {
  const std::string line = ControlLine(std::string(5000, 'a'), 1)
                               .For(1, "10.0.0.10:1", absl::UnixEpoch());
  EXPECT_EQ(line.size(), ControlLine::kMaxBytes);
}

}  // namespace
}  // namespace faas::runnerd
