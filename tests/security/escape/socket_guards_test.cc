// Tests the guards of the passed socket, each on a platform of its own, and a
// platform without a guard, where the attack succeeds.

#include <string>

#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

class SocketGuardTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    testing::PlatformOptions options;
    options.gatewayd_flags = {std::string("--socket_guard=") + GetParam()};
    if (GetParam() == kNone) {
      options.gatewayd_flags.push_back("--allow_socket_reuse");
    }
    platform_ = StartPlatform(options);
    if (platform_ == nullptr) {
      GTEST_SKIP() << "there is no platform with " << RuntimeOfTest();
    }
    DeployAttack(platform_.get(), "root", AttackArchive());
  }

  void TearDown() override {
    if (HasFailure() && platform_ != nullptr) {
      std::printf("---- log of the daemons ----\n%s----\n",
                  platform_->log().Text().c_str());
    }
  }

  // Returns how many connections a listener on the host gets from the attack.
  int ArrivalsOf(const std::string& what) {
    absl::StatusOr<HostListener> target = HostListener::Tcp();
    EXPECT_OK(target);
    const Report attack = AttackByLog(platform_.get(), "root", "passed-socket",
                                      {what, target->port()});
    EXPECT_TRUE(attack.complete) << attack.text;
    return target->Arrivals();
  }

  static constexpr std::string_view kNone = "none";
  // It is destroyed after the platform, since it looks for what the platform
  // has left.
  HostDevices devices_;
  std::unique_ptr<Platform> platform_;
};

TEST_P(SocketGuardTest, ThePassedSocketReachesTheHostOnlyWithoutAny) {
  const int arrivals = GetParam() == kNone ? 1 : 0;
  EXPECT_EQ(ArrivalsOf("reconnect"), arrivals);
  EXPECT_EQ(ArrivalsOf("fast-open"), arrivals);
}

INSTANTIATE_TEST_SUITE_P(Guards, SocketGuardTest,
                         ::testing::Values("bpf", "firewall", "none"),
                         [](const auto& guard) { return guard.param; });

}  // namespace
}  // namespace faas::escape
