// Tests starting and stopping of the supervisor, of single daemons and of
// several instances.

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::HasSubstr;

// Expects an error on standard error to be one line that says something.
void ExpectOneLine(const std::string& err) {
  EXPECT_GT(err.size(), 5u);
  const std::string error = WithoutProgress(err);
  EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << err;
}

class StartTest : public PlatformTestBase {};

TEST_F(StartTest, WithoutRootIsRefused) {
  const std::string directory = PrivateHostDirectory() + "/unprivileged";
  std::filesystem::create_directory(directory);
  for (const std::string& path : {PrivateHostDirectory(), directory}) {
    std::filesystem::permissions(path, std::filesystem::perms(0755));
  }
  for (const char* name : {"faasd", "registryd", "gatewayd", "runnerd"}) {
    const std::string program = absl::StrCat(directory, "/", name);
    std::filesystem::copy_file(Runfile(absl::StrCat(name, "/", name)), program);
  }
  const CommandResult result =
      RunCommand({"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                  directory + "/faasd", "--state_dir=" + directory + "/state",
                  "--run_dir=" + directory + "/run"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, "faasd must be run as root\n");
}

TEST_F(StartTest, BannerComesWhenAllIsHealthyAndNotBefore) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  // Start returned at "faasd started successfully", so a deploy works at once.
  EXPECT_EQ(platform().Faas({"list"}).exit_code, 0);
  const std::string address = DeployVictim("hello", {"by-path"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
}

TEST_F(StartTest, TerminationWaitsForRequestsInFlight) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  const std::string address = DeployVictim("hello", {"by-path"});
  TestConnection gate = OpenGate(address);
  platform().supervisor()->Signal(SIGTERM);
  // It has begun to stop when new connections are refused.
  EXPECT_TRUE(WaitUntil([&] {
    return absl::IsUnavailable(HttpGet(address, 80, "/ok").status());
  }));
  EXPECT_EQ(Release(&gate), "released\n");
  EXPECT_EQ(platform().supervisor()->Wait(), 0);
  EXPECT_EQ(platform().Count().processes.size(), 2u)
      << platform().Count().Describe();
}

TEST_F(StartTest, TerminationDoesNotWaitForEver) {
  PlatformOptions options;
  options.runnerd_flags = {"--stop_timeout=1s"};
  ASSERT_NO_FATAL_FAILURE(StartAlone(options));
  const std::string address = DeployVictim("hello", {"by-path"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  const Census before = SettledCount();
  TestConnection hanging = OpenGate(address);
  EXPECT_EQ(platform().daemon("runnerd")->Stop(), 0);
  EXPECT_OK(hanging.ReadToEnd());
  const Census after = platform().Count();
  EXPECT_EQ(after.processes.size() + 1, before.processes.size())
      << after.Describe();
  EXPECT_LE(after.cgroups.size(), before.cgroups.size()) << after.Describe();
}

TEST_F(StartTest, BadFlagsAreNamed) {
  for (const auto& [flag, expected] :
       std::vector<std::pair<std::string, std::string>>{
           {"--pool=10.0.0.1/24", "10.0.0.1/24"},
           {"--pool=everything", "everything"},
           {"--control_listen=nowhere:port", "nowhere:port"},
           {"--state_dir=relative", "relative"},
           {"--no_such_flag=1", "no_such_flag"}}) {
    SCOPED_TRACE(flag);
    const std::string directory = PrivateHostDirectory() + "/bad";
    // Everything but the flag is right.
    mkdir(directory.c_str(), 0711);
    const CommandResult result = RunCommand(
        {Runfile("faasd/faasd"), "--state_dir=" + directory + "/state",
         "--run_dir=" + directory + "/run", flag});
    EXPECT_GT(result.exit_code, 0);
    EXPECT_THAT(result.out + result.err, HasSubstr(expected));
    EXPECT_THAT(result.out, ::testing::Not(HasSubstr("successfully")));
    EXPECT_TRUE(WaitUntil([] { return ProcessTree(1).size() == 2; }));
  }
}

TEST_F(StartTest, InterruptStopsEverything) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  DeployVictim("hello", {"by-path"});
  platform().supervisor()->Signal(SIGINT);
  EXPECT_EQ(platform().supervisor()->Wait(), 0);
  const Census after = platform().Count();
  // Only our init and this test are left.
  EXPECT_EQ(after.processes.size(), 2u) << after.Describe();
  EXPECT_THAT(after.mounts, ::testing::IsEmpty());
}

TEST_F(StartTest, KilledSupervisorTakesItsDaemonsAlong) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  platform().supervisor()->Kill();
  EXPECT_TRUE(WaitUntil([this] {
    return platform().Count().processes.size() == 2;
  })) << platform().Count().Describe();
}

TEST_F(StartTest, DaemonsStartAloneInAnyOrder) {
  for (const auto& order : std::vector<std::vector<std::string>>{
           {"registryd", "gatewayd", "runnerd"},
           {"runnerd", "gatewayd", "registryd"},
           {"gatewayd", "registryd", "runnerd"}}) {
    SCOPED_TRACE(order[0]);
    platform_ = std::make_unique<Platform>();
    for (const std::string& name : order) {
      ASSERT_OK(platform().StartDaemon(name));
    }
    // Until the daemons have found each other, a deploy may be refused.
    EXPECT_TRUE(WaitUntil([this] {
      return platform().Deploy("hello", VictimArchive({"by-path"})).ok();
    })) << platform().Deploy("hello", VictimArchive({"by-path"})).status();
    EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
    platform_.reset();
  }
}

TEST_F(StartTest, InstancesLiveSideBySide) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  PlatformOptions options;
  options.pool = "10.0.1.0/24";
  options.control_listen = "127.0.0.1:8081";
  Platform other(options);
  ASSERT_OK(other.Start());
  const std::string address = DeployVictim("hello", {"say", "one"});
  const absl::StatusOr<std::string> other_address =
      other.Deploy("hello", VictimArchive({"say", "two"}));
  ASSERT_OK(other_address);
  EXPECT_EQ(Get(address).body, "one\n");
  EXPECT_EQ(Get(*other_address).body, "two\n");
}

TEST_F(StartTest, SecondInstanceInTheSameDirectoryIsRefused) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  const CommandResult second =
      RunCommand({Runfile("faasd/faasd"), "--state_dir", platform().state_dir(),
                  "--run_dir", platform().run_dir(), "--control_listen="});
  EXPECT_GT(second.exit_code, 0);
  EXPECT_THAT(second.out, ::testing::Not(HasSubstr("started successfully")));
  // The first instance goes on.
  const std::string address = DeployVictim("hello", {"by-path"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
}

TEST_F(StartTest, ControlPortInUseIsAnError) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  const std::string directory = PrivateHostDirectory() + "/second";
  const CommandResult second =
      RunCommand({Runfile("faasd/faasd"), "--state_dir=" + directory + "/state",
                  "--run_dir=" + directory + "/run", "--pool=10.0.1.0/24"});
  EXPECT_GT(second.exit_code, 0);
  EXPECT_THAT(second.out + second.err, HasSubstr("8080"));
}

TEST_F(StartTest, ClientWithoutDaemonSaysSo) {
  platform_ = std::make_unique<Platform>();
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"list"}, {"ip", "hello"}, {"describe", "hello"}, {"rm", "hello"}}) {
    const CommandResult result = platform().Faas(arguments);
    EXPECT_GT(result.exit_code, 0);
    ExpectOneLine(result.err);
  }
  const CommandResult result =
      platform().Faas({"new", "hello"}, VictimArchive());
  EXPECT_GT(result.exit_code, 0);
  ExpectOneLine(result.err);
}

TEST_F(StartTest, MissingRuntimeIsNamed) {
  PlatformOptions options;
  options.runtime = "/nonexistent/runc";
  platform_ = std::make_unique<Platform>(options);
  const absl::Status started = platform().Start();
  if (!started.ok()) {
    EXPECT_GT(platform().supervisor()->Wait(), 0);
    EXPECT_THAT(platform().log().Text(), HasSubstr("/nonexistent/runc"));
    return;
  }
  const CommandResult deployed =
      platform().Faas({"new", "hello"}, VictimArchive());
  EXPECT_GT(deployed.exit_code, 0);
  ExpectOneLine(deployed.err);
  EXPECT_THAT(deployed.err, HasSubstr("/nonexistent/runc"));
}

TEST_F(StartTest, RemoteAddressReachesTheControlListener) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  DeployVictim("hello", {"by-path"});
  const std::string faas = Runfile("faas_cli/faas");
  EXPECT_EQ(RunCommand({faas, "--address=127.0.0.1:8080", "--token_file",
                        platform().state_dir() + "/token", "ip", "hello"})
                .out,
            "10.0.0.10\n");
  CommandOptions options;
  options.env = {"FAAS_URL=127.0.0.1:8080", "FAAS_TOKEN=" + platform().Token()};
  EXPECT_EQ(RunCommand({faas, "ip", "hello"}, "", options).out, "10.0.0.10\n");
}

}  // namespace
}  // namespace faas::testing
