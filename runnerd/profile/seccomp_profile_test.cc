#include "runnerd/profile/seccomp_profile.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace faas::runnerd {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Not;

// Returns the calls that are allowed whatever their arguments are.
std::set<std::string> Unconditional(const SeccompOptions& options) {
  std::set<std::string> calls;
  const json profile = SeccompProfile(options);
  for (const json& rule : profile["syscalls"]) {
    if (rule["action"] != "SCMP_ACT_ALLOW" || rule.contains("args")) continue;
    for (const json& name : rule["names"]) calls.insert(name);
  }
  return calls;
}

TEST(SeccompProfileTest, IsAnAllowListForOneArchitecture) {
  const json profile = SeccompProfile({});
  EXPECT_EQ(profile["defaultAction"], "SCMP_ACT_ERRNO");
  EXPECT_EQ(profile["architectures"].size(), 1u);
}

TEST(SeccompProfileTest, WhatReachesOutOfAContainerIsNotInIt) {
  const std::set<std::string> calls = Unconditional({});
  for (const char* call : {"accept",
                           "accept4",
                           "acct",
                           "add_key",
                           "adjtimex",
                           "bind",
                           "bpf",
                           "chroot",
                           "clock_adjtime",
                           "clock_settime",
                           "clone",
                           "clone3",
                           "delete_module",
                           "fanotify_init",
                           "finit_module",
                           "fsopen",
                           "init_module",
                           "inotify_init1",
                           "io_setup",
                           "io_uring_setup",
                           "ioctl",
                           "ioperm",
                           "iopl",
                           "kcmp",
                           "kexec_load",
                           "keyctl",
                           "listen",
                           "lookup_dcookie",
                           "mbind",
                           "memfd_secret",
                           "mount",
                           "move_mount",
                           "move_pages",
                           "name_to_handle_at",
                           "open_by_handle_at",
                           "open_tree",
                           "perf_event_open",
                           "personality",
                           "pidfd_getfd",
                           "pivot_root",
                           "process_vm_readv",
                           "process_vm_writev",
                           "ptrace",
                           "quotactl",
                           "reboot",
                           "request_key",
                           "setdomainname",
                           "sethostname",
                           "setns",
                           "settimeofday",
                           "socket",
                           "socketpair",
                           "swapon",
                           "sync",
                           "syslog",
                           "umount2",
                           "unshare",
                           "userfaultfd",
                           "vhangup"}) {
    EXPECT_THAT(calls, Not(Contains(call)));
  }
}

TEST(SeccompProfileTest, HandlersFindWhatTheyNeed) {
  const std::set<std::string> calls = Unconditional({});
  for (const char* call : {"connect", "execve", "futex", "mmap", "openat",
                           "recvmsg", "rt_sigaction", "write"}) {
    EXPECT_THAT(calls, Contains(call));
  }
}

TEST(SeccompProfileTest, OnlyTheHostsNetworkAndCapabilitiesWidenIt) {
  EXPECT_THAT(Unconditional({.host_network = true}), Contains("listen"));
  EXPECT_THAT(Unconditional({.capabilities = {"CAP_SYS_CHROOT"}}),
              Contains("chroot"));
  EXPECT_THAT(Unconditional({.capabilities = {"CAP_SYS_CHROOT"}}),
              Not(Contains("mount")));
  EXPECT_EQ(Unconditional({.capabilities = {"CAP_CHOWN", "CAP_SETUID"}}),
            Unconditional({}));
}

}  // namespace
}  // namespace faas::runnerd
