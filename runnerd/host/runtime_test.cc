#include "runnerd/host/runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/fs/file.h"
#include "runnerd/host/stray_reaper.h"

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

  void ExpectUnusable(const std::string& script, const std::string& why,
                      absl::Duration timeout = absl::Minutes(2)) {
    Write(script);
    const auto runtime = Runtime::Find(program_, directory_ + "/root", timeout);
    EXPECT_EQ(runtime.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(runtime.status().message()),
                ::testing::AllOf(HasSubstr(why),
                                 HasSubstr("\"" + program_ + " --version\"")));
  }

  template <typename Condition>
  static bool Until(Condition condition) {
    const absl::Time deadline = absl::Now() + absl::Minutes(2);
    while (!condition()) {
      if (absl::Now() > deadline) return false;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return true;
  }

  // Waits for that many children to end; how many did.
  static int ReapEnded(int count) {
    int reaped = 0;
    Until([&] {
      while (waitpid(-1, nullptr, WNOHANG) > 0) ++reaped;
      return reaped >= count;
    });
    return reaped;
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

TEST_F(RuntimeTest, KeyringIsOursWhereTheRuntimeCanLeaveIt) {
  Write(
      "echo runc version 1.1.5\n[ \"$*\" = 'run --help' ] && "
      "echo ' --no-new-keyring  keep the same'; :");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->warning(), "");
  EXPECT_THAT(runtime->RunCommand("/bundles/a", "a"),
              ::testing::Contains("--no-new-keyring"));
}

TEST_F(RuntimeTest, KeyringForEachContainerIsAWarning) {
  for (const char* help : {"echo ' --bundle  where'", "echo what; exit 1"}) {
    Write(absl::StrCat("case $* in --version) echo runc version 1.1.5;; *) ",
                       help, ";; esac"));
    const auto runtime = Find(program_);
    ASSERT_TRUE(runtime.ok()) << runtime.status();
    EXPECT_THAT(runtime->warning(), HasSubstr("raise kernel.keys.maxkeys"));
    EXPECT_THAT(runtime->RunCommand("/bundles/a", "a"),
                ::testing::Not(::testing::Contains("--no-new-keyring")));
  }
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
}

TEST_F(RuntimeTest, VersionWithAKnownProblemHasAWarning) {
  Write("echo runc version 1.3.2");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->version(), "runc version 1.3.2");
  EXPECT_THAT(runtime->warning(), HasSubstr("install runc 1.3.6"));
}

TEST_F(RuntimeTest, VersionThatFailsIsAnError) {
  ExpectUnusable("echo runc version 1.1.5; exit 3", " --version\" failed");
  ExpectUnusable("kill -9 $$", " --version\" failed");
}

TEST_F(RuntimeTest, VersionThatHangsIsAnErrorInTime) {
  // With a child that has the pipe, and closed already.
  const std::string never = " --version\" did not end within 300ms";
  const absl::Duration timeout = absl::Milliseconds(300);
  ExpectUnusable("sleep 1000 & wait", never, timeout);
  ExpectUnusable("exec >&- 2>&-; sleep 1000", never, timeout);
}

TEST_F(RuntimeTest, VersionWithoutEndIsAnError) {
  ExpectUnusable("exec yes runc", " --version\" failed");
}

TEST_F(RuntimeTest, WhatKeepsThePipeDoesNotKeepTheVersion) {
  Write("sleep 1000 &\necho runc version 1.1.5");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  EXPECT_EQ(runtime->version(), "runc version 1.1.5");
}

TEST_F(RuntimeTest, KillReachesWhatHasLeftTheGroup) {
  ASSERT_TRUE(process::BecomeSubreaper().ok());
  // As crun does it: the parent waits, the work is done in another session.
  Write(
      "case $* in *--version|*--help) echo runc version 1.1.5; exit;; esac\n"
      "(setsid sh -c 'kill -STOP $$; :' \"$0\" \"$@\" &)\n"
      "kill -STOP $$; :");
  const auto runtime = Find(program_);
  ASSERT_TRUE(runtime.ok()) << runtime.status();
  auto child = runtime->Start(directory_, "the-id", {});
  auto other = runtime->Start(directory_, "other-id", {});
  ASSERT_TRUE(child.ok() && other.ok());
  // Two of each: those that were started, and those that we have inherited.
  ASSERT_TRUE(Until([] { return Children().size() == 4; }));
  runtime->Kill(*child, "the-id");
  EXPECT_EQ(ReapEnded(2), 2);
  EXPECT_EQ(Children().size(), 2u) << "others stay";
  runtime->Kill(*other, "other-id");
  EXPECT_EQ(ReapEnded(2), 2);
}

}  // namespace
}  // namespace faas::runnerd
