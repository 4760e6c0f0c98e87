#include "runnerd/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/fs/file.h"

namespace faas::runnerd {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RuntimeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = ::testing::TempDir() + "/runtime_XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    program_ = directory_ + "/runc";
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(directory_).ok()); }

  // A runtime that is a shell script.
  void Write(const std::string& script) {
    std::ofstream(program_) << "#!/bin/sh\n" << script << "\n";
    ASSERT_EQ(chmod(program_.c_str(), 0700), 0);
  }

  absl::StatusOr<Runtime> Find(const std::string& command) {
    return Runtime::Find(command, directory_ + "/root");
  }

  void ExpectUnusable(const std::string& script, const std::string& why) {
    Write(script);
    const auto runtime =
        Runtime::Find(program_, directory_ + "/root", absl::Milliseconds(300));
    EXPECT_EQ(runtime.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(runtime.status().message()),
                ::testing::AllOf(HasSubstr(why),
                                 HasSubstr("\"" + program_ + " --version\"")));
  }

  std::string directory_, program_;
};

TEST_F(RuntimeTest, OptionsStandBeforeTheCommandWord) {
  Write("echo \"runc version 1.1.5 ($*)\"");
  const auto runtime = Find("  " + program_ + " --debug\t --log=/x ");
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->command(), program_ + " --debug --log=/x");
  EXPECT_EQ(runtime->version(),
            "runc version 1.1.5 (--debug --log=/x --version)");
  EXPECT_THAT(runtime->RunCommand("/bundles/a", "a"),
              ElementsAre(program_, "--debug", "--log=/x", "--root",
                          directory_ + "/root", "run", "--detach", "--pid-file",
                          "/bundles/a/pid", "--bundle", "/bundles/a", "a"));
}

TEST_F(RuntimeTest, NameIsLookedUpInPath) {
  Write("echo runc version 1.1.5");
  const std::string path = getenv("PATH");
  setenv("PATH", ("/nonexistent:" + directory_ + ":" + path).c_str(), 1);
  const auto runtime = Find("runc");
  setenv("PATH", path.c_str(), 1);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->command(), program_);
}

TEST_F(RuntimeTest, EmptyCommandIsRefused) {
  for (const char* command : {"", " ", " \t"}) {
    EXPECT_EQ(Find(command).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_F(RuntimeTest, MissingProgramIsNamedWithoutItsOptions) {
  const auto runtime = Find("/nonexistent/runc --debug");
  EXPECT_EQ(runtime.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(runtime.status().message()),
              HasSubstr("\"/nonexistent/runc\" not found"));
}

TEST_F(RuntimeTest, OnlyTheFirstLineCountsAndIsMadePrintable) {
  Write("printf 'runc version 1.1.5\\033[31m\\ncommit: abc\\n'");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->version(), "runc version 1.1.5\\x1b[31m");
  EXPECT_EQ(runtime->warning(), "");
}

TEST_F(RuntimeTest, VersionWithAKnownProblemHasAWarning) {
  Write("echo runc version 1.3.2");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->version(), "runc version 1.3.2");
  EXPECT_THAT(runtime->warning(), HasSubstr("install runc 1.3.6"));
}

TEST_F(RuntimeTest, VersionThatFailsIsAnError) {
  ExpectUnusable("echo runc version 1.1.5; exit 3", "--version failed");
  ExpectUnusable("kill -9 $$", "--version failed");
}

TEST_F(RuntimeTest, VersionThatHangsIsAnErrorInTime) {
  // With a child that has the pipe, and closed already.
  const std::string never = "--version did not end within 300ms";
  ExpectUnusable("sleep 1000 & wait", never);
  ExpectUnusable("exec >&- 2>&-; sleep 1000", never);
}

TEST_F(RuntimeTest, VersionWithoutEndIsAnError) {
  ExpectUnusable("exec yes runc", "--version failed");
}

TEST_F(RuntimeTest, WhatKeepsThePipeDoesNotKeepTheVersion) {
  Write("sleep 1000 &\necho runc version 1.1.5");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->version(), "runc version 1.1.5");
}

}  // namespace
}  // namespace faas::runnerd
