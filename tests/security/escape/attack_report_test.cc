#include "tests/security/escape/attack_report.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

namespace faas::escape {
namespace {

TEST(ReportTest, StepsAndFactsAreTakenApart) {
  const Report report =
      ParseReport("a",
                  "a: of x: y: EPERM\n[log] Container stdout: a: mode = 600: \n"
                  "b: z: OK\na: end: 2\n");
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.Step("of x: y"), "EPERM");
  EXPECT_EQ(report.Fact("mode"), "600: ");
  EXPECT_EQ(report.steps.size(), 1u);
}

TEST(ReportTest, WhatIsCutOffIsNotComplete) {
  EXPECT_FALSE(ParseReport("a", "a: x: EPERM\n").complete);
  EXPECT_FALSE(ParseReport("a", "a: x: EPERM\na: end: 2\n").complete);
  EXPECT_FALSE(ParseReport("a", "").complete);
}

TEST(ReportTest, AStepThatSucceedsFailsTheTest) {
  static const Report* const refused =
      new Report(ParseReport("a", "a: x: EPERM\na: end: 1\n"));
  static const Report* const succeeded =
      new Report(ParseReport("a", "a: x: OK\na: end: 1\n"));
  static const Report* const reached =
      new Report(ParseReport("a", "a: x: EINVAL\na: end: 1\n"));
  static const Report* const absent =
      new Report(ParseReport("a", "a: x: ENOSYS\na: end: 1\n"));
  static const Report* const nothing =
      new Report(ParseReport("a", "a: end: 0\n"));
  ExpectRefused(*refused, *succeeded);
  ExpectRefused(*refused, *reached);
  ExpectRefused(*refused, *absent);
  ExpectRefused(*reached, *succeeded, {"EINVAL"});
  EXPECT_NONFATAL_FAILURE(ExpectRefused(*succeeded, *succeeded), "x: OK");
  EXPECT_NONFATAL_FAILURE(ExpectRefused(*reached, *succeeded), "x: EINVAL");
  // The control is refused as well, and the attack has fewer steps.
  EXPECT_NONFATAL_FAILURE(ExpectRefused(*refused, *refused), "proves nothing");
  EXPECT_NONFATAL_FAILURE(ExpectRefused(*nothing, *succeeded), "not tried");
}

}  // namespace
}  // namespace faas::escape
