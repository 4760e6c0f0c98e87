// Tests that gatewayd runs without root's privileges, and that runnerd looks at
// what gatewayd passes to it.

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

// These are CAP_NET_BIND_SERVICE and CAP_NET_ADMIN.
constexpr char kBoth[] = "0000000000001400";
constexpr char kNone[] = "0000000000000000";

class GatewayUserTest : public PlatformTestBase {
 protected:
  // Returns /proc/PID/status of gatewayd or of one of its threads.
  static std::map<std::string, std::string> Fields(const std::string& path) {
    std::map<std::string, std::string> fields;
    std::ifstream file(path + "/status");
    for (std::string line; std::getline(file, line);) {
      const size_t colon = line.find(':');
      if (colon == std::string::npos) continue;
      fields[line.substr(0, colon)] =
          std::string(absl::StripAsciiWhitespace(line.substr(colon + 1)));
    }
    return fields;
  }

  void ExpectUnprivileged(const std::string& uid) {
    const pid_t pid = platform().DaemonPid("gatewayd");
    ASSERT_GT(pid, 0);
    int threads = 0;
    for (const auto& thread : std::filesystem::directory_iterator(
             absl::StrCat("/proc/", pid, "/task"))) {
      auto fields = Fields(thread.path());
      EXPECT_EQ(fields["Uid"],
                absl::StrCat(uid, "\t", uid, "\t", uid, "\t", uid));
      EXPECT_EQ(fields["Gid"],
                absl::StrCat(uid, "\t", uid, "\t", uid, "\t", uid));
      EXPECT_EQ(fields["Groups"], uid) << "that of the API's sockets";
      EXPECT_EQ(fields["CapPrm"], kBoth);
      EXPECT_EQ(fields["CapEff"], kBoth);
      EXPECT_EQ(fields["CapBnd"], kBoth);
      EXPECT_EQ(fields["CapInh"], kNone);
      EXPECT_EQ(fields["CapAmb"], kNone);
      EXPECT_EQ(fields["NoNewPrivs"], "1");
      ++threads;
    }
    EXPECT_GT(threads, 1);
  }

  static uid_t OwnerOf(const std::string& path) {
    struct stat st = {};
    EXPECT_EQ(stat(path.c_str(), &st), 0) << path;
    return st.st_uid;
  }
};

TEST_F(GatewayUserTest, RunsWithTwoCapabilitiesAsAUserOfItsOwn) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  ExpectUnprivileged("165537");
  EXPECT_EQ(OwnerOf(platform().run_dir() + "/handoff.sock"), 165537u);
  EXPECT_EQ(OwnerOf(platform().run_dir()), 0u);
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
  EXPECT_EQ(platform().Faas({"rm", "a"}).exit_code, 0);
}

TEST_F(GatewayUserTest, NextLifeIsAsUnprivileged) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  const pid_t first = platform().DaemonPid("gatewayd");
  kill(first, SIGKILL);
  ASSERT_TRUE(WaitUntil([&] {
    const pid_t now = platform().DaemonPid("gatewayd");
    return now > 0 && now != first;
  }));
  ASSERT_OK(platform().AwaitHealthy());
  ExpectUnprivileged("165537");
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
}

TEST_F(GatewayUserTest, EndsWithTheSupervisor) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  platform().supervisor()->Kill();
  EXPECT_TRUE(
      WaitUntil([this] { return platform().DaemonPid("gatewayd") == 0; }));
}

TEST_F(GatewayUserTest, LeavesNothingInTheRunDirectoryButLocks) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  EXPECT_EQ(platform().supervisor()->Stop(), 0);
  std::set<std::string> sockets;
  for (const auto& entry :
       std::filesystem::directory_iterator(platform().run_dir())) {
    if (entry.is_socket()) sockets.insert(entry.path());
  }
  EXPECT_THAT(sockets, ::testing::IsEmpty());
}

TEST_F(GatewayUserTest, AnotherUserMayBeNamed) {
  PlatformOptions options;
  options.supervisor_flags = {"--gateway_user=4711"};
  ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
  ExpectUnprivileged("4711");
  EXPECT_EQ(OwnerOf(platform().run_dir() + "/handoff.sock"), 4711u);
  EXPECT_EQ(DeployVictim("a", {"by-path"}), "10.0.0.10");
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
}

// Its user must be in the API's group to reach registryd.
TEST_F(GatewayUserTest, MayNotUseTheApi) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  const auto as = [this](const std::string& uid) {
    return RunCommand({"setpriv", "--reuid=" + uid, "--regid=165537",
                       "--clear-groups", Runfile("faas_cli/faas"), "list"},
                      "", {.env = {"FAASD_RUN_DIR=" + platform().run_dir()}});
  };
  const CommandResult member = as("4711");
  EXPECT_EQ(member.exit_code, 0) << "a member of its group may: " << member.err;
  const CommandResult gateway = as("165537");
  EXPECT_NE(gateway.exit_code, 0);
  EXPECT_THAT(gateway.err, ::testing::HasSubstr("not"));
}

TEST_F(GatewayUserTest, WhoIsNotRootIsToldWhatIsMissing) {
  const CommandResult result =
      RunCommand({"setpriv", "--reuid=4711", "--regid=4711", "--clear-groups",
                  "--inh-caps=-all", "--bounding-set=-all",
                  Runfile("gatewayd/gatewayd"), "--run_dir=/tmp/none"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            "gatewayd is not root and lacks CAP_NET_BIND_SERVICE, "
            "CAP_NET_ADMIN; start it as root, or with "
            "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_BIND_SERVICE\n");
}

}  // namespace
}  // namespace faas::testing
