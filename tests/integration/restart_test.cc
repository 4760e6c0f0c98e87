// Tests that, after any daemon or all of them are stopped or killed and started
// again, the functions answer at the same addresses and nothing is left over.

#include <signal.h>

#include <filesystem>
#include <fstream>

#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

constexpr const char* kDaemons[] = {"registryd", "gatewayd", "runnerd"};

class RestartTest : public PlatformTestBase {
 protected:
  void DeployTwo() {
    EXPECT_EQ(DeployVictim("one", {"by-path"}), "10.0.0.10");
    EXPECT_EQ(DeployVictim("two", {"say", "two"}), "10.0.0.11");
    ExpectBothAnswer();
  }

  // Waits until both functions answer. A daemon that was just started needs a
  // moment.
  void ExpectBothAnswer() {
    EXPECT_TRUE(WaitUntil([] {
      const auto one = HttpGet("10.0.0.10", 80, "/ok");
      const auto two = HttpGet("10.0.0.11", 80, "/");
      return one.ok() && one->body == "ok\n" && two.ok() &&
             two->body == "two\n";
    })) << HttpGet("10.0.0.10", 80, "/ok").status()
        << HttpGet("10.0.0.11", 80, "/").status();
  }

  void ExpectBothListed() {
    EXPECT_TRUE(
        WaitUntil([this] { return platform().Faas({"list"}).exit_code == 0; }));
    EXPECT_EQ(platform().Faas({"ip", "one"}).out, "10.0.0.10\n");
    EXPECT_EQ(platform().Faas({"ip", "two"}).out, "10.0.0.11\n");
  }

  void ExpectChangesWork() {
    EXPECT_TRUE(WaitUntil([this] {
      return platform().Deploy("three", VictimArchive({"say", "three"})).ok();
    }));
    EXPECT_EQ(Get("10.0.0.12").body, "three\n");
    EXPECT_EQ(platform().Faas({"rm", "three"}).exit_code, 0);
  }

  // Returns the processes, mounts, cgroups and entries, without descriptors and
  // process ids.
  static std::string Shape(Census census) {
    census.descriptors.clear();
    for (std::string& process : census.processes) {
      process.erase(0, process.find(' '));
    }
    std::sort(census.processes.begin(), census.processes.end());
    return census.Describe();
  }

  void ExpectShape(const std::string& shape) {
    WaitUntil([&] { return Shape(platform().Count()) == shape; });
    EXPECT_EQ(Shape(platform().Count()), shape);
  }
};

class OneDaemonTest : public RestartTest,
                      public ::testing::WithParamInterface<const char*> {};

TEST_P(OneDaemonTest, KilledAndStartedAgainGoesOn) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  const std::string shape = Shape(SettledCount());
  platform().daemon(GetParam())->Kill();
  ASSERT_OK(platform().StartDaemon(GetParam()));
  ExpectBothAnswer();
  ExpectBothListed();
  ExpectShape(shape);
  ExpectChangesWork();
}

TEST_P(OneDaemonTest, StoppedAndStartedAgainGoesOn) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  EXPECT_EQ(platform().daemon(GetParam())->Stop(), 0);
  ASSERT_OK(platform().StartDaemon(GetParam()));
  ExpectBothAnswer();
  ExpectBothListed();
  ExpectChangesWork();
}

TEST_P(OneDaemonTest, KilledUnderARequestLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  const std::string shape = Shape(SettledCount());
  TestConnection gate = OpenGate("10.0.0.10");
  platform().daemon(GetParam())->Kill();
  ASSERT_OK(platform().StartDaemon(GetParam()));
  ExpectBothAnswer();
  // The answer may be whole or cut off, but it ends.
  EXPECT_OK(gate.Send("."));
  const absl::Status end = gate.ReadToEnd().status();
  EXPECT_TRUE(end.ok() || end.code() == absl::StatusCode::kAborted) << end;
  ExpectShape(shape);
}

INSTANTIATE_TEST_SUITE_P(Daemons, OneDaemonTest, ::testing::ValuesIn(kDaemons),
                         [](const auto& param) {
                           return std::string(param.param);
                         });

TEST_F(RestartTest, FunctionsAnswerWithoutTheRegistry) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  platform().daemon("registryd")->Kill();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
    EXPECT_EQ(Get("10.0.0.11").body, "two\n");
  }
  EXPECT_GT(platform().Faas({"list"}).exit_code, 0);
}

TEST_F(RestartTest, GatewayFinishesWhatItHandedOn) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  TestConnection gate = OpenGate("10.0.0.10");
  platform().daemon("gatewayd")->Kill();
  EXPECT_EQ(Release(&gate), "released\n");
}

TEST_F(RestartTest, ConnectionWaitsForTheRunner) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  platform().daemon("runnerd")->Kill();
  TestConnection waiting = Request("10.0.0.11", "/");
  ASSERT_OK(platform().StartDaemon("runnerd"));
  const absl::StatusOr<std::string> answer = waiting.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).body, "two\n") << *answer;
}

TEST_F(RestartTest, ConnectionThatWasNotDeliveredIsOfferedAgain) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  const std::string address =
      DeployWith("silent", {"never-connect"}, {"--start_timeout=3s"});
  const std::string shape = Shape(SettledCount());
  size_t offset = platform().log().Size();
  TestConnection connection = Request(address, "/");
  ASSERT_TRUE(platform().log().WaitFor("Spawning container", kSoon, offset));
  platform().daemon("runnerd")->Kill();
  offset = platform().log().Size();
  ASSERT_OK(platform().StartDaemon("runnerd"));
  EXPECT_TRUE(platform().log().WaitFor("Spawning container", kSoon, offset));
  const absl::StatusOr<std::string> answer = connection.ReadToEnd();
  ASSERT_OK(answer);
  EXPECT_EQ(ParseHttpResponse(*answer).status, 504) << *answer;
  ExpectShape(shape);
}

TEST_F(RestartTest, DeployWithoutAPeerNamesItAndLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  for (const char* name : {"gatewayd", "runnerd"}) {
    SCOPED_TRACE(name);
    const std::string shape = Shape(SettledCount());
    platform().daemon(name)->Kill();
    const CommandResult result =
        platform().Faas({"new", "three"}, VictimArchive({"say", "three"}));
    EXPECT_GT(result.exit_code, 0);
    const std::string error = WithoutProgress(result.err);
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << result.err;
    EXPECT_THAT(result.err, ::testing::HasSubstr(name));
    ASSERT_OK(platform().StartDaemon(name));
    ASSERT_OK(platform().AwaitHealthy());
    ExpectBothAnswer();
    ExpectShape(shape);
  }
  ExpectChangesWork();
}

TEST_F(RestartTest, DamagedRegistryIsNamedAndKept) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  DeployTwo();
  EXPECT_EQ(platform().supervisor()->Stop(), 0);
  const std::string path = platform().state_dir() + "/registry.json";
  std::ofstream(path) << "{ damaged";
  EXPECT_FALSE(platform().Start().ok());
  EXPECT_GT(platform().supervisor()->Wait(), 0);
  EXPECT_THAT(platform().log().Text(), ::testing::HasSubstr("registry.json"));
  std::string contents;
  std::getline(std::ifstream(path), contents);
  EXPECT_EQ(contents, "{ damaged");
}

TEST_F(RestartTest, AllKilledAndStartedAgainGoOn) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  const std::string shape = Shape(SettledCount());
  TestConnection gate = OpenGate("10.0.0.10");
  for (const char* name : kDaemons) platform().daemon(name)->Kill();
  ASSERT_OK(platform().StartDaemons());
  // The container has the client's socket and needs no daemon.
  EXPECT_EQ(Release(&gate), "released\n");
  ExpectBothAnswer();
  ExpectBothListed();
  ExpectShape(shape);
  ExpectChangesWork();
}

TEST_F(RestartTest, SupervisorStoppedAndStartedAgainGoesOn) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  DeployTwo();
  EXPECT_EQ(platform().supervisor()->Stop(), 0);
  const size_t offset = platform().log().Size();
  ASSERT_OK(platform().Start());
  EXPECT_TRUE(platform().log().WaitFor(
      "^\\[init\\] Loaded 2 images from registry$", kSoon, offset));
  // Nothing is awaited here, as faasd has said that it has started.
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
  EXPECT_EQ(Get("10.0.0.11").body, "two\n");
  ExpectBothListed();
  ExpectChangesWork();
}

TEST_F(RestartTest, SupervisorKilledAndStartedAgainGoesOn) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  DeployTwo();
  const std::string shape = Shape(SettledCount());
  TestConnection gate = OpenGate("10.0.0.10");
  platform().supervisor()->Kill();
  EXPECT_EQ(Release(&gate), "released\n");
  // The daemons of a killed supervisor end too.
  EXPECT_TRUE(WaitUntil([this] {
    for (const char* name : kDaemons) {
      if (platform().DaemonPid(name) > 0) return false;
    }
    return true;
  }));
  ASSERT_OK(platform().Start());
  ExpectBothAnswer();
  ExpectBothListed();
  ExpectShape(shape);
}

TEST_F(RestartTest, DaemonThatDiesUnderTheSupervisorIsNotMissedForLong) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  DeployTwo();
  for (const char* name : kDaemons) {
    SCOPED_TRACE(name);
    const pid_t pid = platform().DaemonPid(name);
    ASSERT_GT(pid, 0);
    ASSERT_EQ(kill(pid, SIGKILL), 0);
    // Either the supervisor starts the daemon again, or it stops everything
    // with an error.
    EXPECT_TRUE(WaitUntil([&] {
      const pid_t now = platform().DaemonPid(name);
      return (now > 0 && now != pid) || !platform().supervisor()->running();
    }));
    if (!platform().supervisor()->running()) {
      EXPECT_GT(platform().supervisor()->Wait(), 0);
      ASSERT_OK(platform().Start());
    }
    ExpectBothAnswer();
    ExpectBothListed();
  }
}

TEST_F(RestartTest, UploadUnderWayLeavesNothing) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  DeployTwo();
  const std::string shape = Shape(SettledCount());
  const size_t offset = platform().log().Size();
  OutputLog log;
  auto client =
      Daemon::Start({"sh", "-c",
                     "{ head -c 1000000 /dev/zero; exec sleep 1000; } | " +
                         std::string(Runfile("faas_cli/faas")) + " new half -"},
                    &log, {"FAASD_RUN_DIR=" + platform().run_dir()});
  ASSERT_OK(client);
  EXPECT_TRUE(platform().log().WaitFor("Uploading image: half", kSoon, offset));
  platform().daemon("registryd")->Kill();
  for (const pid_t pid : ProcessTree((*client)->pid())) kill(pid, SIGKILL);
  (*client)->Wait();
  ASSERT_OK(platform().StartDaemon("registryd"));
  ExpectBothListed();
  EXPECT_GT(platform().Faas({"ip", "half"}).exit_code, 0);
  ExpectShape(shape);
}

}  // namespace
}  // namespace faas::testing
