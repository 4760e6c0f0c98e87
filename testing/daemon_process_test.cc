#include "testing/daemon_process.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "testing/census.h"
#include "testing/private_host.h"

namespace faas::testing {
namespace {

TEST(DaemonTest, OutputCanBeWaitedFor) {
  OutputLog log;
  auto daemon = Daemon::Start(
      {"sh", "-c", "echo one; echo two >&2; read x; echo three"}, &log);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  EXPECT_EQ(log.WaitForSequence({"^one$", "^t[wx]o$", "three"}), "");
  EXPECT_EQ((*daemon)->Wait(), 0);
  EXPECT_EQ(log.WaitForSequence({"two", "one"}, absl::ZeroDuration()), "one");
  EXPECT_FALSE(log.WaitFor("one", absl::ZeroDuration(), 4));
}

TEST(DaemonTest, StopGivesTheExitCode) {
  OutputLog log;
  auto daemon = Daemon::Start(
      {"sh", "-c",
       "trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done"},
      &log);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  ASSERT_TRUE(log.WaitFor("ready"));
  EXPECT_TRUE((*daemon)->running());
  EXPECT_EQ((*daemon)->Stop(), 7);
  EXPECT_FALSE((*daemon)->running());
}

TEST(DaemonTest, StopKillsWhatDoesNotListen) {
  OutputLog log;
  auto daemon = Daemon::Start(
      {"sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.01; done"},
      &log);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  ASSERT_TRUE(log.WaitFor("ready"));
  EXPECT_EQ((*daemon)->Stop(absl::Milliseconds(50)), 128 + SIGKILL);
}

TEST(DaemonTest, MissingProgramIsNotFound) {
  OutputLog log;
  EXPECT_EQ(Daemon::Start({"/nonexistent"}, &log).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(CensusTest, ProcessesAndEntriesAreSeen) {
  const std::string directory = PrivateHostDirectory();
  OutputLog log;
  const Census before = TakeCensus(directory, {directory}, {getpid()});
  EXPECT_EQ(before, TakeCensus(directory, {directory}, {getpid()}));
  auto daemon = Daemon::Start({"cat", "/dev/zero"}, &log);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  const Census after = TakeCensus(directory, {directory}, {getpid()});
  EXPECT_EQ(after.processes.size(), before.processes.size() + 1);
  EXPECT_EQ(ProcessTree(getpid()).size(), 2u);
  EXPECT_EQ(after.descriptors.at(getpid()),
            before.descriptors.at(getpid()) + 1);
}

}  // namespace
}  // namespace faas::testing
