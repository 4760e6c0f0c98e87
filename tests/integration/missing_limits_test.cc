// Tests a host whose kernel cannot set a limit of the container's profile.

#include <sys/mount.h>
#include <unistd.h>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::HasSubstr;

// Unmounts the controller once for all tests. The program has mounts of its
// own.
bool TakeAwayPids() {
  static const bool taken =
      access("/sys/fs/cgroup/pids/cgroup.procs", F_OK) == 0 &&
      umount2("/sys/fs/cgroup/pids", MNT_DETACH) == 0;
  return taken;
}

class MissingLimitsTest : public PlatformTestBase {
 protected:
  void SetUp() override {
    if (!TakeAwayPids()) {
      GTEST_SKIP() << "the pids controller is not one of cgroup v1 here";
    }
  }
};

TEST_F(MissingLimitsTest, IsAnErrorThatSaysWhatToDo) {
  PlatformOptions options;
  platform_ = std::make_unique<Platform>(options);
  EXPECT_FALSE(platform_->Start().ok());
  EXPECT_THAT(platform().log().Text(),
              ::testing::AllOf(HasSubstr("limit pids"),
                               HasSubstr("--allow_missing_limits")));
}

TEST_F(MissingLimitsTest, IsAWarningWhereThatIsAllowed) {
  PlatformOptions options;
  options.supervisor_flags = {"--runnerd_args=--allow_missing_limits"};
  ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
  EXPECT_THAT(platform().log().Text(), HasSubstr("WARNING: no cgroup"));
  EXPECT_EQ(Get(DeployVictim("f", {"by-path"}), "/ok").body, "ok\n");
}

}  // namespace
}  // namespace faas::testing
