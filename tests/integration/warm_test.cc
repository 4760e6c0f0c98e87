// Tests warm instances: containers that start ahead, each for one connection.

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class WarmTest : public PlatformTestBase {
 protected:
  void Update(const std::vector<std::string>& arguments,
              const std::string& archive = "") {
    std::vector<std::string> all = {"update"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const CommandResult result = platform().Faas(all, archive);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  // Returns how many containers exist. Those that have served somebody end
  // soon, so what remains are the warm instances.
  size_t Containers() {
    size_t count = 0;
    for ([[maybe_unused]] const auto& bundle :
         std::filesystem::directory_iterator(platform().state_dir() +
                                             "/bundles")) {
      ++count;
    }
    return count;
  }

  void ExpectContainers(size_t expected) {
    EXPECT_TRUE(WaitUntil([&] { return Containers() == expected; }))
        << Containers();
  }

  // Expects that no container is started for a connection that a warm instance
  // can serve. The name of a container that is started for a connection has
  // that connection's number.
  void ExpectServedByWarmInstance(const std::string& address) {
    const nlohmann::json info =
        nlohmann::json::parse(Get(address, "/info").body);
    const nlohmann::json line =
        nlohmann::json::parse(std::string(info["control_message"]));
    EXPECT_FALSE(
        absl::StrContains(platform().log().Text(),
                          absl::StrCat("Spawning container faas-",
                                       std::string(line["connection_id"]))));
  }

  // Waits until `count` handlers have connected since `offset` of the log.
  void AwaitConnected(size_t count, size_t offset) {
    EXPECT_TRUE(WaitUntil([&] {
      size_t found = 0;
      const std::string text = platform().log().Text().substr(offset);
      for (size_t at = text.find("connected to control"); at != text.npos;
           at = text.find("connected to control", at + 1)) {
        ++found;
      }
      return found >= count;
    }));
  }
};

TEST_F(WarmTest, WarmInstancesWaitAndEachServesOneConnection) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address = DeployWith("warm", {"by-path"}, {"--warm", "3"});
  AwaitConnected(3, 0);
  ExpectContainers(3);
  ExpectServedByWarmInstance(address);
  AwaitConnected(4, 0);
  ExpectContainers(3);
  const nlohmann::json first =
      nlohmann::json::parse(Get(address, "/info").body);
  const nlohmann::json second =
      nlohmann::json::parse(Get(address, "/info").body);
  EXPECT_NE(first, second);
}

TEST_F(WarmTest, MoreConnectionsThanWarmInstancesAreAllServed) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address = DeployWith("warm", {"by-path"}, {"--warm", "2"});
  AwaitConnected(2, 0);
  std::vector<TestConnection> connections;
  for (int i = 0; i < 12; ++i) connections.push_back(Request(address, "/ok"));
  for (TestConnection& connection : connections) {
    const absl::StatusOr<std::string> answer = connection.ReadToEnd();
    ASSERT_OK(answer);
    EXPECT_EQ(ParseHttpResponse(*answer).body, "ok\n");
  }
  ExpectContainers(2);
}

TEST_F(WarmTest, OptionsChangeWithoutAnImage) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address = DeployVictim("f", {"by-path"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  const Census cold = SettledCount();
  Update({"f", "--warm", "4"});
  ExpectContainers(4);
  Update({"f", "--warm=1"});
  ExpectContainers(1);
  EXPECT_NE(platform().Faas({"describe", "f"}).out.find("Warm:         1\n"),
            std::string::npos);
  Update({"f", "--warm=0"});
  ExpectNothingLeft(cold);
}

TEST_F(WarmTest, UpdateReplacesWarmInstancesBeforeItIsAcknowledged) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address = DeployWith("f", {"say", "old"}, {"--warm", "3"});
  AwaitConnected(3, 0);
  EXPECT_EQ(Get(address).body, "old\n");
  Update({"f", "-"}, VictimArchive({"say", "new"}));
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Get(address).body, "new\n");
  ExpectContainers(3);
}

// Changes of the registry arrive at any moment, also between the end of a warm
// instance and the start of the next.
TEST_F(WarmTest, WarmInstancesAreReplacedWhateverChangesMeanwhile) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address = DeployWith("f", {"by-path"}, {"--warm", "2"});
  AwaitConnected(2, 0);
  std::atomic<bool> stop = false;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      while (!stop) EXPECT_EQ(Get(address, "/ok").body, "ok\n");
    });
  }
  for (int i = 1; i <= 40; ++i) {
    Update({"f", absl::StrCat("--max_queued=", 100 + i)});
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  ExpectContainers(2);
}

TEST_F(WarmTest, RemovalDrainsThem) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string other = DeployVictim("other", {"by-path"});
  EXPECT_EQ(Get(other, "/ok").body, "ok\n");
  const Census before = SettledCount();
  DeployWith("f", {"by-path"}, {"--warm", "3"});
  AwaitConnected(3, 0);
  EXPECT_EQ(platform().Faas({"rm", "f"}).exit_code, 0);
  ExpectNothingLeft(before);
}

TEST_F(WarmTest, WarmInstancesThatAgeAreReplaced) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const size_t offset = platform().log().Size();
  DeployWith("f", {"by-path"}, {"--warm=1", "--warm_max_age=500ms"});
  EXPECT_TRUE(platform().log().WaitFor("waited for 500ms", kSoon, offset));
  AwaitConnected(3, offset);
}

TEST_F(WarmTest, WarmInstancesThatDieAreReplacedLaterAndLater) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const size_t offset = platform().log().Size();
  const absl::Time begin = absl::Now();
  const std::string address =
      DeployWith("f", {"exit-before", "7"}, {"--warm=2"});
  EXPECT_TRUE(platform().log().WaitFor("exited with code 7", kSoon, offset));
  EXPECT_EQ(Get(address).status, 502);
  const auto spawned = [&] {
    int count = 0;
    const std::string text = platform().log().TextFrom(offset);
    for (size_t at = text.find("Spawning"); at != text.npos;
         at = text.find("Spawning", at + 1)) {
      ++count;
    }
    return count;
  };
  EXPECT_TRUE(WaitUntil([&] { return spawned() >= 3; }));
  absl::SleepFor(begin + absl::Seconds(3) - absl::Now());
  // At most two start at the same time, after pauses of 100, 200, 400 ms and so
  // on. In three seconds that is a dozen; without pauses it would be a hundred.
  const int count = spawned();
  const double pauses = std::log2(
      absl::FDivDuration(absl::Now() - begin, absl::Milliseconds(100)));
  EXPECT_LE(count, 2 * (pauses + 2));
}

TEST_F(WarmTest, AutomaticPoolsFollowConnectionsAndGoToZero) {
  ASSERT_NO_FATAL_FAILURE(StartWith());
  const std::string address =
      DeployWith("f", {"by-path"}, {"--warm=auto", "--idle_after=1h"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  AwaitConnected(2, 0);
  ExpectServedByWarmInstance(address);
  Update({"f", "--idle_after=1s"});
  EXPECT_TRUE(WaitUntil([&] { return Containers() == 0; }));
}

TEST_F(WarmTest, TheHostsBudgetHolds) {
  ASSERT_NO_FATAL_FAILURE(StartWith({"--max_spares=3"}));
  DeployWith("f", {"by-path"}, {"--warm=10"});
  ExpectContainers(3);
  DeployWith("g", {"by-path"}, {"--warm=10"});
  Update({"f", "--warm=1"});
  ExpectContainers(3);
}

TEST_F(WarmTest, AMemoryBudgetHolds) {
  // The budget is one byte. The first warm instance starts, since nobody knows
  // yet how much memory it takes, and no other does.
  ASSERT_NO_FATAL_FAILURE(StartWith({"--max_spare_memory_bytes=1"}));
  const std::string address = DeployWith("f", {"by-path"}, {"--warm=5"});
  AwaitConnected(1, 0);
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  EXPECT_LE(Containers(), 2);
}

TEST_F(WarmTest, ARestartedRunnerRemovesTheOldWarmInstancesAndMakesNewOnes) {
  ASSERT_NO_FATAL_FAILURE(StartSupervised());
  const std::string address = DeployWith("f", {"by-path"}, {"--warm=2"});
  AwaitConnected(2, 0);
  ExpectContainers(2);
  const size_t offset = platform().log().Size();
  ASSERT_EQ(kill(platform().DaemonPid("runnerd"), SIGKILL), 0);
  AwaitConnected(2, offset);
  ExpectContainers(2);
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
}

}  // namespace
}  // namespace faas::testing
