// Tests functions whose owners have opened everything that a platform grants
// them. That is more than others have, and no way out.

#include "absl/strings/str_cat.h"
#include "testing/private_host.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

using ::testing::HasSubstr;

constexpr const char* kCapabilities[] = {
    "CHOWN",  "DAC_OVERRIDE", "FOWNER",           "FSETID",
    "KILL",   "SETFCAP",      "SETGID",           "SETPCAP",
    "SETUID", "SYS_CHROOT",   "NET_BIND_SERVICE",
};

class OpenedTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    devices_ = new HostDevices;
    testing::PlatformOptions options;
    options.runnerd_flags = {"--allow_host_network"};
    platform_ = StartPlatform(options).release();
    if (platform_ == nullptr) return;
    std::vector<std::string> opened = {"--writable", "32Mi"};
    for (const char* capability : kCapabilities) {
      opened.insert(opened.end(), {"--cap-add", capability});
    }
    DeployAttack(platform_, "opened", AttackArchive(), opened);
    DeployAttack(platform_, "networked", AttackArchive(),
                 {"--network", "host"});
  }

  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
    delete devices_;
    devices_ = nullptr;
  }

  void SetUp() override {
    if (platform_ == nullptr) {
      GTEST_SKIP() << "there is no platform with " << RuntimeOfTest();
    }
  }

  // Runs the attack from `function` and leaves out the steps that are granted
  // to it.
  static void ExpectRefusedIn(const std::string& function,
                              const std::string& attack,
                              const std::vector<std::string>& granted = {},
                              const std::vector<std::string>& arguments = {},
                              const Outcomes& more = {}) {
    SCOPED_TRACE(absl::StrCat(attack, " in ", function));
    Control control;
    control.isolated =
        attack == "namespaces" || attack == "devices" || attack == "machine";
    Report without = RunControl(attack, arguments, control);
    Report report = Attack(platform_, function, attack, arguments);
    for (const std::string& step : granted) {
      EXPECT_THAT(report.Step(step), ::testing::Not("")) << step;
      report.steps.erase(step);
      without.steps.erase(step);
    }
    ExpectRefused(report, without, more);
  }

  static Platform* platform_;
  static HostDevices* devices_;
};

Platform* OpenedTest::platform_ = nullptr;
HostDevices* OpenedTest::devices_ = nullptr;

TEST_F(OpenedTest, CapabilitiesAreThoseOfTheContainersUserNamespace) {
  const Report identity = Attack(platform_, "opened", "identity");
  EXPECT_NE(identity.Fact("CapEff"), "0000000000000000");
  EXPECT_EQ(identity.Fact("NoNewPrivs"), "1");
  EXPECT_EQ(identity.Fact("Seccomp"), "2");
  for (const char* program : {"setuid", "filecaps"}) {
    const Report privileges = Attack(platform_, "opened", "privileges");
    // No program has more privileges than the one that starts it.
    EXPECT_EQ(privileges.Fact(absl::StrCat(program, " CapPrm")),
              identity.Fact("CapPrm"));
    EXPECT_THAT(privileges.Fact("uid_map"), HasSubstr("100000"));
  }
}

TEST_F(OpenedTest, TheKernelIsAsClosedAsBefore) {
  ExpectRefusedIn("opened", "namespaces", {"chroot"});
  ExpectRefusedIn("opened", "processes");
  ExpectRefusedIn("opened", "keys");
  ExpectRefusedIn("opened", "observers");
  ExpectRefusedIn("opened", "machine");
  ExpectRefusedIn("opened", "handles");
  ExpectRefusedIn("opened", "memory");
  ExpectRefusedIn("opened", "foreign-abi");
  ExpectRefusedIn("opened", "kernel-files", {}, {}, kNotThere);
  ExpectRefusedIn("opened", "devices", {}, {}, kNotThere);
}

TEST_F(OpenedTest, TheHostsFilesAreNotThere) {
  for (const char* function : {"opened", "networked"}) {
    SCOPED_TRACE(function);
    const Report files = Attack(platform_, function, "host-files",
                                {platform_->state_dir() + "/registry.json",
                                 platform_->run_dir() + "/runnerd.sock",
                                 testing::PrivateHostDirectory()});
    EXPECT_TRUE(files.complete) << files.text;
    for (const auto& [what, outcome] : files.steps) {
      EXPECT_TRUE(IsRefusal(outcome, kNotThere)) << what << ": " << outcome;
    }
  }
}

// A writable root is the container's own.
TEST_F(OpenedTest, WhatIsWrittenIsGoneWithItsContainer) {
  for (int i = 0; i < 2; ++i) {
    const Report report = Attack(platform_, "opened", "root-files");
    EXPECT_THAT(report.Fact("writable"), HasSubstr("/etc "));
    // The file is there to be moved away both times.
    EXPECT_EQ(report.Step("rename /etc/passwd"), "OK") << report.text;
    EXPECT_TRUE(IsRefusal(report.Step("unlink /control.sock"), {"EBUSY"}))
        << report.text;
  }
}

// With the host's network it has sockets of the internet and no others, and it
// does not change what others have.
TEST_F(OpenedTest, TheHostsNetworkIsNotToBeChanged) {
  ExpectRefusedIn("networked", "namespaces");
  ExpectRefusedIn("networked", "observers");
  ExpectRefusedIn("networked", "kernel-files", {}, {}, kNotThere);
  absl::StatusOr<HostListener> tcp = HostListener::Tcp();
  absl::StatusOr<HostListener> abstract = HostListener::Abstract("networked");
  ASSERT_OK(tcp);
  ASSERT_OK(abstract);
  // The owner has opened these, including abstract sockets of the host and all
  // kinds of netlink. To change something through them, one needs capabilities.
  ExpectRefusedIn(
      "networked", "own-sockets",
      {"AF_INET stream", "AF_INET datagram", "AF_INET mptcp",
       "AF_INET with more bits", "AF_INET6 stream", "AF_NETLINK audit",
       "AF_NETLINK route", "AF_NETLINK uevent", "connect 127.0.0.1",
       "connect abstract", "socketpair AF_INET"},
      {tcp->port(), "networked"}, kNoWay);
  const Report interfaces =
      Attack(platform_, "networked", "passed-socket", {"interfaces"});
  EXPECT_TRUE(interfaces.complete) << interfaces.text;
  EXPECT_EQ(interfaces.Step("SIOCSIFADDR"), "EPERM");
  EXPECT_EQ(interfaces.Step("SIOCGSKNS"), "EPERM");
}

}  // namespace
}  // namespace faas::escape
