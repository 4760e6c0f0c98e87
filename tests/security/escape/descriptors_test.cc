// Tests what a handler has open, what it can do to /control.sock, and what it
// leaves running.

#include <fcntl.h>
#include <signal.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/unique_fd.h"
#include "testing/child_process.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

std::vector<pid_t> EscapedProcesses() {
  std::vector<pid_t> pids;
  for (const pid_t pid : testing::ProcessTree(1)) {
    if (testing::ProcessName(pid) == "escaped") pids.push_back(pid);
  }
  return pids;
}

TEST_F(EscapeTest, DescriptorsAreTheContractsAndNoMore) {
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report report = AttackFrom(function, "descriptors");
    EXPECT_TRUE(report.complete);
    // It has an empty input that nobody else has, the outputs, the control
    // connection and the client's connection.
    EXPECT_THAT(
        report.facts,
        ElementsAre(Pair("0", "pipe"), Pair("1", "pipe"), Pair("2", "pipe"),
                    Pair("3", "socket"), Pair("4", "socket")));
    // "chmod of 0" may work, since that file is its own. HostDevices checks
    // that no device of the host has changed.
  }
  // A descriptor that is inherited is seen.
  const base::UniqueFd leaked(open("/etc/passwd", O_RDONLY));
  Control control;
  control.isolated = false;
  const Report without = RunControl("descriptors", {}, control);
  EXPECT_EQ(without.Fact(absl::StrCat(leaked.get())), "/etc/passwd")
      << without.text;
}

TEST_F(EscapeTest, ThePeerOfTheControlSocketIsOutOfReach) {
  Control control;
  // The peer is this test's process, which must be in sight.
  control.isolated = false;
  // EINVAL is the answer to a signal to a process of another pid namespace.
  ExpectRefusedInFunctions("peer", {}, {"EINVAL"}, control);
}

TEST_F(EscapeTest, TheControlSocketIsForOneMessage) {
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report report = AttackFrom(function, "control-socket");
    EXPECT_TRUE(report.complete);
    EXPECT_EQ(report.Fact("mode"), "600");
    EXPECT_EQ(report.Fact("owner is the user"), "yes");
    EXPECT_EQ(report.Step("connect again"), "ECONNREFUSED");
    EXPECT_EQ(report.Step("receive again"), "EMPTY");
    EXPECT_EQ(report.Step("flood"), "EPIPE");
  }
}

// A warm instance does this. It is connected long before there is a message for
// it.
TEST_F(EscapeTest, WhatIsSentOverTheControlSocketGoesNowhere) {
  AttackFrom("root", "identity");
  const Census before = SettledCount(&platform());
  size_t offset = platform().log().Size();
  DeployAttack(&platform(), "flood", AttackArchive({}, {}, {"flood-control"}),
               {"--warm", "1"});
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(platform().log().WaitFor("connected to control socket",
                                         testing::kSoon, offset));
    offset = platform().log().Size();
    // It connects and floods. The kernel takes what fits.
    absl::SleepFor(absl::Milliseconds(100));
    const Report report = Attack(&platform(), "flood", "identity");
    EXPECT_TRUE(report.complete) << report.text;
  }
  EXPECT_TRUE(platform().log().WaitFor("flood: descriptors = 100"));
  EXPECT_EQ(platform().Faas({"rm", "flood"}).exit_code, 0);
  EXPECT_EQ(platform().WaitForCensus(before), "");
}

TEST_F(EscapeTest, NothingOutlivesItsContainer) {
  AttackFrom("root", "daemons");
  const Census before = SettledCount(&platform());
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    const Report report = AttackFrom(function, "daemons");
    EXPECT_EQ(report.steps.size(), 3u);
    for (const auto& [what, outcome] : report.steps) {
      EXPECT_EQ(outcome, "OK") << what;
    }
    EXPECT_TRUE(WaitUntil([] { return EscapedProcesses().empty(); }));
    EXPECT_EQ(platform().WaitForCensus(before), "");
  }
  // Where nobody kills them, they stay.
  absl::StatusOr<testing::Child> control =
      testing::Child::Start({AttackProgram(), "run", "daemons"}, {});
  ASSERT_OK(control);
  EXPECT_TRUE(control->Wait(absl::Now() + testing::kSoon));
  EXPECT_TRUE(WaitUntil([] { return EscapedProcesses().size() == 3; }));
  for (const pid_t pid : EscapedProcesses()) kill(pid, SIGKILL);
  EXPECT_TRUE(WaitUntil([] { return EscapedProcesses().empty(); }));
}

}  // namespace
}  // namespace faas::escape
