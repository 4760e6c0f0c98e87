#include "common/process/child.h"

#include <fcntl.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::process {
namespace {

ExitStatus WaitFor(Child& child) {
  pollfd poll_fd = {.fd = child.pidfd(), .events = POLLIN};
  EXPECT_EQ(poll(&poll_fd, 1, 120'000), 1);
  const auto status = child.Reap();
  EXPECT_TRUE(status.ok() && status->has_value());
  return **status;
}

TEST(ChildTest, ExitCodeIsReported) {
  auto child = Spawn({.args = {"sh", "-c", "exit 7"}});
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(WaitFor(*child).code, 7);
}

TEST(ChildTest, SignalIsReportedAsAShellWould) {
  auto child = Spawn({.args = {"sleep", "60"}});
  ASSERT_TRUE(child.ok());
  EXPECT_FALSE((*child->Reap()).has_value());
  ASSERT_TRUE(child->Signal(SIGKILL).ok());
  const ExitStatus status = WaitFor(*child);
  EXPECT_EQ(status.code, 137);
  EXPECT_EQ(status.signal, SIGKILL);
  EXPECT_TRUE(child->Signal(SIGKILL).ok()) << "gone is fine";
}

TEST(ChildTest, ExistsUntilItIsReaped) {
  auto child = Spawn({.args = {"true"}});
  ASSERT_TRUE(child.ok());
  EXPECT_TRUE(child->Exists());
  pollfd ended = {.fd = child->pidfd(), .events = POLLIN};
  ASSERT_EQ(poll(&ended, 1, 120'000), 1);
  EXPECT_TRUE(child->Exists()) << "a zombie";
  WaitFor(*child);
  EXPECT_FALSE(child->Exists());
}

TEST(ChildTest, MissingProgramIsAnError) {
  const auto child = Spawn({.args = {"/no/such/program"}});
  EXPECT_EQ(child.status().code(), absl::StatusCode::kNotFound);
}

TEST(ChildTest, OnlyTheNamedDescriptorsArriveThere) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd in(ends[0]);
  base::UniqueFd out(ends[1]);
  auto child = Spawn({.args = {"sh", "-c", "ls /proc/self/fd | wc -l"},
                      .fds = {{1, out.get()}}});
  ASSERT_TRUE(child.ok());
  out.reset();
  // 0, 1, 2 and the directory that ls reads.
  EXPECT_EQ(fs::ReadFd(in.get(), 100).value_or(""), "4\n");
  WaitFor(*child);
}

TEST(ChildTest, GroupIsKilledWhole) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const base::UniqueFd in(ends[0]);
  base::UniqueFd out(ends[1]);
  auto child = Spawn({.args = {"sh", "-c", "sleep 60 & wait"},
                      .fds = {{1, out.get()}},
                      .own_group = true});
  ASSERT_TRUE(child.ok());
  out.reset();
  child->KillGroup();
  EXPECT_EQ(fs::ReadFd(in.get(), 100).value_or("x"), "");  // all ends closed
  EXPECT_EQ(WaitFor(*child).signal, SIGKILL);
}

// Whether a child possesses the key, which only its possessors can see.
bool ChildSees(const std::string& key, bool own_keyring) {
  auto child = Spawn(
      {.args = {"grep", "-q", key, "/proc/keys"}, .own_keyring = own_keyring});
  EXPECT_TRUE(child.ok()) << child.status();
  return child.ok() && WaitFor(*child).code == 0;
}

TEST(ChildTest, OwnKeyringHasNothingOfOurs) {
  const std::string name = absl::StrCat("child-test-", getpid());
  if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, name.c_str()) < 0) {
    GTEST_SKIP() << "a kernel without keys";
  }
  constexpr unsigned kAllForPossessors = 0x3f000000;
  ASSERT_EQ(syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING,
                    kAllForPossessors),
            0);
  EXPECT_TRUE(ChildSees(name, /*own_keyring=*/false));
  EXPECT_FALSE(ChildSees(name, /*own_keyring=*/true));
}

}  // namespace
}  // namespace faas::process
