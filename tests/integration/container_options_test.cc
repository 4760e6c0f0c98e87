// Tests what the owner of a function may set for its containers, such as `faas
// new --memory`.

#include <arpa/inet.h>
#include <glob.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ReadText(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Returns the first file that matches, or "" if there is none.
std::string ReadGlob(const std::string& pattern) {
  glob_t found = {};
  std::string text;
  if (glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    text = ReadText(found.gl_pathv[0]);
  }
  globfree(&found);
  return text;
}

// Returns a limit of the only container that runs, from the file of cgroup v1
// or of v2.
std::string Limit(const std::string& v1, const std::string& v2) {
  const std::string old = ReadGlob("/sys/fs/cgroup/*/faasd-*/faas-*/" + v1);
  return !old.empty() ? old : ReadGlob("/sys/fs/cgroup/faasd-*/faas-*/" + v2);
}

class ContainerOptionsTest : public PlatformTestBase {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(StartSupervised()); }

  json Info(const std::string& address) {
    return json::parse(Get(address, "/info").body, nullptr, false);
  }

  // Returns what the command says when it refuses.
  std::string Refusal(const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = {"new", "refused", "-"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const CommandResult result =
        platform().Faas(arguments, VictimArchive({"by-path"}));
    EXPECT_NE(result.exit_code, 0);
    return result.err;
  }

  std::string WriteSecretFile(const std::string& content) {
    const std::string path = platform().run_dir() + "/secret-of-the-test";
    std::ofstream(path) << content;
    return path;
  }
};

TEST_F(ContainerOptionsTest, LimitsReachTheKernel) {
  const std::string address = DeployWith(
      "f", {"by-path"},
      {"--memory=64Mi", "--cpus=0.5", "--pids=20", "--tmpfs-size=1Mi"});
  TestConnection gate = OpenGate(address);
  EXPECT_EQ(Limit("memory.limit_in_bytes", "memory.max"), "67108864\n");
  EXPECT_THAT(Limit("cpu.cfs_quota_us", "cpu.max"), HasSubstr("50000"));
  EXPECT_EQ(Limit("pids.max", "pids.max"), "20\n");
  EXPECT_EQ(Release(&gate), "released\n");
  const std::string described = platform().Faas({"describe", "f"}).out;
  EXPECT_THAT(described, AllOf(HasSubstr("64Mi"), HasSubstr("0.5"),
                               HasSubstr("at most 20"), HasSubstr("1Mi")));
  EXPECT_TRUE(platform().log().WaitFor("memory_bytes: 67108864"));
}

TEST_F(ContainerOptionsTest, TmpIsAsLargeAsTheOwnerSays) {
  const std::string small = DeployWith(
      "small", {"write", "/tmp/file", "2000000"}, {"--tmpfs-size=1Mi"});
  const std::string large = DeployWith(
      "large", {"write", "/tmp/file", "2000000"}, {"--tmpfs-size=4Mi"});
  EXPECT_EQ(Get(small).body, "ENOSPC\n");
  EXPECT_EQ(Get(large).body, "wrote\n");
}

TEST_F(ContainerOptionsTest, UserAndVariablesAreTheOwners) {
  const json info = Info(DeployWith(
      "f", {"by-path"}, {"--user=app", "--env=GREETING=a=b", "--env=HOME=/x"}));
  EXPECT_EQ(info["uid"], 1000);
  EXPECT_THAT(info["env"], Contains("GREETING=a=b"));
  EXPECT_THAT(info["env"], Contains("HOME=/x"));
}

TEST_F(ContainerOptionsTest, WritableRootIsThrownAway) {
  const std::vector<std::string> writes = {"write", "/file", "500000"};
  EXPECT_EQ(Get(DeployWith("closed", writes, {})).body, "EROFS\n");
  const std::string open = DeployWith("open", writes, {"--writable=1Mi"});
  // The second function gets the file too.
  EXPECT_EQ(Get(open).body, "wrote\n");
  EXPECT_EQ(Get(open).body, "wrote\n");
  const std::string full =
      DeployWith("full", {"write", "/file", "2000000"}, {"--writable=1Mi"});
  EXPECT_EQ(Get(full).body, "ENOSPC\n");
  SettledCount();
  EXPECT_THAT(ReadText("/proc/self/mountinfo"),
              Not(HasSubstr("faasd-writable")));
}

TEST_F(ContainerOptionsTest, SecretIsAFileOfTheHandlerAlone) {
  const std::string content = "hunter2-of-this-test";
  const std::string address =
      DeployWith("f", {"read", "/run/secrets/db"},
                 {"--secret=db=" + WriteSecretFile(content), "--user=app"});
  EXPECT_EQ(Get(address).body, content);
  EXPECT_THAT(platform().Faas({"describe", "f"}).out, HasSubstr("db"));
  EXPECT_THAT(ReadText(platform().state_dir() + "/registry.json"),
              AllOf(HasSubstr("\"db\""), Not(HasSubstr(content))));
  EXPECT_THAT(platform().log().Text(), Not(HasSubstr(content)));
  EXPECT_THAT(platform().Faas({"describe", "f", "-o", "json"}).out,
              Not(HasSubstr(content)));
}

TEST_F(ContainerOptionsTest, SecretStaysUntilItIsReplaced) {
  const std::string address =
      DeployWith("f", {"read", "/run/secrets/db"},
                 {"--secret=db=" + WriteSecretFile("first")});
  // Another option makes another revision.
  EXPECT_EQ(platform().Faas({"update", "f", "--pids=50"}).exit_code, 0);
  EXPECT_EQ(Get(address).body, "first");
  EXPECT_EQ(
      platform()
          .Faas({"update", "f", "--secret=db=" + WriteSecretFile("second")})
          .exit_code,
      0);
  EXPECT_EQ(Get(address).body, "second");
  EXPECT_EQ(platform().Faas({"update", "f", "--no-secret"}).exit_code, 0);
  EXPECT_EQ(Get(address).body, "ENOENT\n");
  EXPECT_TRUE(std::filesystem::is_empty(platform().state_dir() + "/secrets"));
}

TEST_F(ContainerOptionsTest, SecretSurvivesARestart) {
  const std::string address =
      DeployWith("f", {"read", "/run/secrets/db"},
                 {"--secret=db=" + WriteSecretFile("kept")});
  for (const char* daemon : {"registryd", "runnerd"}) {
    const pid_t old = platform().DaemonPid(daemon);
    ASSERT_EQ(kill(old, SIGKILL), 0);
    EXPECT_TRUE(WaitUntil([&] {
      const pid_t now = platform().DaemonPid(daemon);
      return now != 0 && now != old;
    }));
    ASSERT_OK(platform().AwaitHealthy());
  }
  EXPECT_EQ(Get(address).body, "kept");
  EXPECT_EQ(platform().Faas({"rm", "f"}).exit_code, 0);
  EXPECT_TRUE(std::filesystem::is_empty(platform().state_dir() + "/secrets"));
}

TEST_F(ContainerOptionsTest, CapabilitiesAreThoseThatWereAdded) {
  const json without = Info(DeployWith("without", {"by-path"}, {}));
  const json with =
      Info(DeployWith("with", {"by-path"}, {"--cap-add=setuid", "--user=app"}));
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_EQ(without["status"][set], "0000000000000000") << set;
    EXPECT_EQ(with["status"][set], "0000000000000080") << set;
  }
  EXPECT_THAT(
      Refusal({"--cap-add=SYS_ADMIN"}),
      AllOf(HasSubstr("CAP_SYS_ADMIN"), HasSubstr("--grantable_capabilities")));
}

TEST_F(ContainerOptionsTest, OnlyTheHostsNetworkReachesTheHost) {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in local = {};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(local);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&local), size), 0);
  ASSERT_EQ(listen(listener, 5), 0);
  getsockname(listener, reinterpret_cast<sockaddr*>(&local), &size);
  const std::vector<std::string> connects = {
      "connect", std::to_string(ntohs(local.sin_port))};
  EXPECT_EQ(Get(DeployWith("none", connects, {})).body, "EAFNOSUPPORT\n");
  EXPECT_EQ(Get(DeployWith("host", connects, {"--network=host"})).body,
            "connected\n");
  EXPECT_THAT(platform().Faas({"describe", "host"}).out,
              HasSubstr("the host's"));
  close(listener);
}

TEST_F(ContainerOptionsTest, RefusalsNameTheOptionAndLeaveNothing) {
  EXPECT_THAT(Refusal({"--memory=1Ki"}), HasSubstr("--memory"));
  EXPECT_THAT(Refusal({"--memory=900Gi"}),
              HasSubstr("--max_container_memory_bytes"));
  EXPECT_THAT(Refusal({"--user=nobody-here"}), HasSubstr("nobody-here"));
  EXPECT_THAT(Refusal({"--secret=db=/no/such/file"}),
              AllOf(HasSubstr("--secret"), HasSubstr("/no/such/file")));
  EXPECT_THAT(Refusal({"--writable=1Gi"}), HasSubstr("--memory"));
  EXPECT_THAT(platform().Faas({"list"}).out, Not(HasSubstr("refused")));
  EXPECT_TRUE(std::filesystem::is_empty(platform().state_dir() + "/secrets"));
}

// Somebody who can write the registry cannot make runnerd, which is root, grant
// more than its flags allow.
TEST_F(ContainerOptionsTest, AlteredRegistryGrantsNothing) {
  const std::string address = DeployWith("f", {"by-path"}, {"--pids=50"});
  platform_->supervisor()->Stop();
  const std::string path = platform().state_dir() + "/registry.json";
  json registry = json::parse(ReadText(path));
  const std::string before = registry.dump();
  std::string after = before;
  const std::string pids = "\"pids\":50";
  ASSERT_NE(after.find(pids), std::string::npos) << before;
  after.replace(after.find(pids), pids.size(),
                "\"pids\":50,\"capabilities\":[\"CAP_SYS_ADMIN\"]");
  std::ofstream(path) << after;
  ASSERT_OK(platform_->Start());
  EXPECT_TRUE(platform().log().WaitFor("--grantable_capabilities"));
  // No container is made from it, and the connection is answered all the same.
  EXPECT_NE(Get(address, "/info").status, 200);
}

}  // namespace
}  // namespace faas::testing
