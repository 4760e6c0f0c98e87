#include "runnerd/host/runtime_version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace faas::runnerd {
namespace {

using ::testing::HasSubstr;

struct Case {
  const char* line;
  const char* name;
  std::array<int, 3> number;
  const char* suffix;
};

TEST(RuntimeVersionTest, WhatRuntimesPrintIsUnderstood) {
  for (const Case& c : std::vector<Case>{
           {"runc version 1.1.5", "runc", {1, 1, 5}, ""},
           {"runc version 1.1.5+ds1", "runc", {1, 1, 5}, "+ds1"},
           {"runc version 1.3.0-rc.2", "runc", {1, 3, 0}, "-rc.2"},
           {"runc version 1.2.10~rc1", "runc", {1, 2, 10}, "~rc1"},
           {"crun version 1.8.1", "crun", {1, 8, 1}, ""},
           {"crun version 1.14", "crun", {1, 14, 0}, ""},
           {"youki version: 0.0.1", "youki", {0, 0, 1}, ""},
           {"youki 0.3.0", "youki", {0, 3, 0}, ""},
           {"Kata v3.2.0 ", "Kata", {3, 2, 0}, ""},
           {"\trunc  version\t1.1.5\r", "runc", {1, 1, 5}, ""}}) {
    SCOPED_TRACE(c.line);
    const RuntimeVersion version = ParseRuntimeVersion(c.line);
    EXPECT_EQ(version.name, c.name);
    ASSERT_TRUE(version.number.has_value());
    EXPECT_EQ(*version.number, c.number);
    EXPECT_EQ(version.suffix, c.suffix);
  }
}

TEST(RuntimeVersionTest, LineWithoutNumberHasOnlyAName) {
  for (const char* line :
       {"runsc version release-20230220.0", "runc version unknown",
        "runc version", "runc", "runc version 1", "runc version 1..5",
        "runc version 1.3.2.1", "runc version .", "runc version -1.3.2",
        "runc version 99999999999.3.2"}) {
    SCOPED_TRACE(line);
    const RuntimeVersion version = ParseRuntimeVersion(line);
    EXPECT_THAT(version.name, ::testing::StartsWith("run"));
    EXPECT_FALSE(version.number.has_value());
    EXPECT_EQ(KnownProblem(version), "");
  }
  EXPECT_EQ(ParseRuntimeVersion("").name, "");
  EXPECT_EQ(ParseRuntimeVersion(" \t ").name, "");
}

TEST(RuntimeVersionTest, TextIsNameAndNumber) {
  EXPECT_EQ(ParseRuntimeVersion("runc version 1.1.5+ds1").Text(),
            "runc 1.1.5+ds1");
  EXPECT_EQ(ParseRuntimeVersion("runsc version release-1").Text(), "runsc");
}

TEST(RuntimeVersionTest, RuncThatHangsIsAProblem) {
  for (const char* number :
       {"1.3.0-rc.1", "1.3.0", "1.3.2", "1.3.5", "1.3.5+ds1", "1.4.0-rc.3",
        "1.4.0", "1.4.1", "1.5.0-rc.1", "1.5.0-rc.1+dev"}) {
    SCOPED_TRACE(number);
    const std::string problem = KnownProblem(
        ParseRuntimeVersion(std::string("runc version ") + number));
    EXPECT_THAT(problem, HasSubstr(std::string("runc ") + number + " "));
    EXPECT_THAT(problem, HasSubstr("install runc 1.3.6, 1.4.2"));
    EXPECT_EQ(problem.find('\n'), std::string::npos);
  }
}

TEST(RuntimeVersionTest, OthersAreNone) {
  for (const char* line :
       {"runc version 1.0.3", "runc version 1.1.5+ds1", "runc version 1.2.9",
        "runc version 1.3.6", "runc version 1.3.10", "runc version 1.4.2",
        "runc version 1.5.0-rc.10", "runc version 1.5.0", "runc version 2.3.2",
        "crun version 1.3.2", "youki version 1.4.0", "runsc version 1.3.0"}) {
    EXPECT_EQ(KnownProblem(ParseRuntimeVersion(line)), "") << line;
  }
}

}  // namespace
}  // namespace faas::runnerd
