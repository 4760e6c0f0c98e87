// Tests root file systems that are flat trees, for hosts without overlayfs.

#include <sys/mount.h>
#include <sys/stat.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "testing/private_host.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::HasSubstr;

class FlatRootfsTest : public PlatformTestBase {
 protected:
  // Returns the names of the trees that are complete.
  std::vector<std::string> Trees() {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(
             platform().state_dir() + "/flat")) {
      if (!absl::StartsWith(entry.path().filename().string(), ".")) {
        names.push_back(entry.path());
      }
    }
    return names;
  }

  static PlatformOptions Flat() {
    PlatformOptions options;
    options.runnerd_flags = {"--rootfs=flat"};
    return options;
  }
};

TEST_F(FlatRootfsTest, FunctionsOfOneImageShareATreeThatGoesWithTheLast) {
  ASSERT_NO_FATAL_FAILURE(StartAlone(Flat()));
  const std::string one = DeployVictim("one", {"by-path"});
  const std::string two = DeployVictim("two", {"by-path"});
  EXPECT_EQ(Get(one, "/ok").body, "ok\n");
  EXPECT_EQ(Get(two, "/ok").body, "ok\n");
  EXPECT_EQ(Trees().size(), 1u);
  EXPECT_EQ(platform().Faas({"rm", "one"}).exit_code, 0);
  EXPECT_EQ(Get(two, "/ok").body, "ok\n");
  EXPECT_EQ(platform().Faas({"rm", "two"}).exit_code, 0);
  EXPECT_TRUE(WaitUntil([&] { return Trees().empty(); }));
  EXPECT_TRUE(platform().Count().mounts.empty() ||
              WaitUntil([&] { return Trees().empty(); }));
}

TEST_F(FlatRootfsTest, TreeOutlivesARestart) {
  ASSERT_NO_FATAL_FAILURE(StartAlone(Flat()));
  const std::string address = DeployVictim("f", {"by-path"});
  ASSERT_EQ(Trees().size(), 1u);
  struct stat before, after;
  ASSERT_EQ(stat(Trees()[0].c_str(), &before), 0);
  platform().daemon("runnerd")->Stop();
  ASSERT_OK(platform().StartDaemon("runnerd"));
  ASSERT_OK(platform().AwaitHealthy());
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  ASSERT_EQ(Trees().size(), 1u);
  ASSERT_EQ(stat(Trees()[0].c_str(), &after), 0);
  EXPECT_EQ(after.st_ino, before.st_ino);
}

TEST_F(FlatRootfsTest, RootIsReadOnly) {
  ASSERT_NO_FATAL_FAILURE(StartAlone(Flat()));
  DeployVictim("f", {"by-path"});
  const std::string rootfs = platform().state_dir() + "/images/f/rootfs";
  EXPECT_NE(mkdir((rootfs + "/x").c_str(), 0700), 0);
  EXPECT_EQ(errno, EROFS);
}

// overlayfs refuses to be stacked more than two deep.
TEST_F(FlatRootfsTest, IsChosenWhereAnOverlayCannotBeMounted) {
  const std::string base = PrivateHostDirectory() + "/stack";
  for (const char* part :
       {"/lower", "/upper1", "/work1", "/one", "/upper2", "/work2", "/two"}) {
    std::filesystem::create_directories(base + part);
  }
  const auto overlay = [&](const std::string& lower, const char* number,
                           const std::string& target) {
    return mount(
        "overlay", (base + target).c_str(), "overlay", 0,
        absl::StrCat("lowerdir=", base, lower, ",upperdir=", base, "/upper",
                     number, ",workdir=", base, "/work", number)
            .c_str());
  };
  ASSERT_EQ(overlay("/lower", "1", "/one"), 0) << errno;
  ASSERT_EQ(overlay("/one", "2", "/two"), 0) << errno;
  PlatformOptions options;
  options.state_dir = base + "/two/state";
  ASSERT_NO_FATAL_FAILURE(StartAlone(options));
  EXPECT_THAT(platform().log().Text(),
              HasSubstr("Root file systems are flat trees, copies: mount"));
  EXPECT_EQ(Get(DeployVictim("f", {"by-path"}), "/ok").body, "ok\n");
  EXPECT_EQ(Trees().size(), 1u);
  platform_.reset();
  umount2((base + "/two").c_str(), MNT_DETACH);
  umount2((base + "/one").c_str(), MNT_DETACH);
}

}  // namespace
}  // namespace faas::testing
