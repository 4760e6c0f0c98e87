// Tests that no request is refused or fails during `faas update`.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

class UpdateTest : public PlatformTestBase {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(StartSupervised()); }

  void Update(const std::string& name, const std::string& archive) {
    const CommandResult result = platform().Faas({"update", name}, archive);
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }
};

// A Load is a number of clients that send one request after the other, until
// they are stopped or have sent enough.
class Load {
 public:
  explicit Load(std::string address) : address_(std::move(address)) {
    for (int i = 0; i < kClients; ++i) {
      clients_.emplace_back([this] { Run(); });
    }
  }

  ~Load() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& client : clients_) client.join();
    clients_.clear();
  }

  int answered() const { return answered_; }
  // Returns the first answer that did not come from any version, or "" if there
  // was none.
  std::string first_failure() {
    absl::MutexLock lock(&mutex_);
    return first_failure_;
  }

 private:
  static constexpr int kClients = 2;
  static constexpr int kMaxRequestsOfAClient = 500;

  void Run() {
    for (int i = 0; i < kMaxRequestsOfAClient && !stop_; ++i) {
      const auto response = HttpGet(address_, 80, "/");
      if (response.ok() && response->body.find("version ") == 0) {
        ++answered_;
        continue;
      }
      absl::MutexLock lock(&mutex_);
      if (!first_failure_.empty()) continue;
      first_failure_ = response.ok() ? "answer \"" + response->raw + "\""
                                     : response.status().ToString();
    }
  }

  const std::string address_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> answered_ = 0;
  absl::Mutex mutex_;
  std::string first_failure_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::thread> clients_;
};

TEST_F(UpdateTest, NextRequestGetsTheNewImageAtTheSameAddress) {
  const std::string address = DeployVictim("hello", {"say", "version 1"});
  EXPECT_EQ(Get(address).body, "version 1\n");
  Update("hello", VictimArchive({"say", "version 2"}));
  EXPECT_EQ(Get(address).body, "version 2\n");
  EXPECT_EQ(platform().Faas({"ip", "hello"}).out, address + "\n");
}

TEST_F(UpdateTest, NoRequestFailsUnderLoad) {
  const std::string address = DeployVictim("hello", {"say", "version 1"});
  Load load(address);
  int seen = 0;
  for (int version = 2; version <= 6; ++version) {
    // Requests to the previous version are under way.
    ASSERT_TRUE(WaitUntil([&] { return load.answered() > seen + 4; }))
        << load.first_failure();
    seen = load.answered();
    const std::string text = "version " + std::to_string(version);
    Update("hello", VictimArchive({"say", text}));
    EXPECT_EQ(Get(address).body, text + "\n");
  }
  load.Stop();
  EXPECT_EQ(load.first_failure(), "");
}

TEST_F(UpdateTest, RequestInFlightKeepsTheOldImage) {
  const std::string address = DeployVictim("hello", {"by-path"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  const Census before = SettledCount();
  TestConnection gate = OpenGate(address);
  Update("hello", VictimArchive({"say", "new"}));
  EXPECT_EQ(Get(address).body, "new\n");
  EXPECT_EQ(Release(&gate), "released\n");
  // The old revision's mount goes with its last container.
  EXPECT_TRUE(WaitUntil([&] {
    return platform().Count().mounts.size() == before.mounts.size();
  })) << platform().WaitForCensus(before, absl::ZeroDuration());
}

TEST_F(UpdateTest, OldImageIsRemovedFromTheDisk) {
  const auto layers = [this] {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(
             platform().state_dir() + "/layers")) {
      names.push_back(entry.path());
    }
    std::sort(names.begin(), names.end());
    return names;
  };
  const std::string address =
      Deploy("hello", VictimImage({"say", "version 1"})
                          .AddLayer(MakeTar({FileEntry("first", "1")}))
                          .Save(Layout::kDocker25));
  const std::vector<std::string> before = layers();
  Update("hello", VictimImage({"say", "version 2"})
                      .AddLayer(MakeTar({FileEntry("second", "2")}))
                      .Save(Layout::kDocker25));
  EXPECT_EQ(Get(address).body, "version 2\n");
  // The layer stays for the grace time, unless somebody needs the room.
  EXPECT_EQ(layers().size(), before.size() + 1);
  EXPECT_TRUE(WaitUntil([&] {
    EXPECT_EQ(platform().Faas({"gc"}).exit_code, 0);
    return layers().size() == before.size();
  }));
  EXPECT_NE(layers(), before);
}

TEST_F(UpdateTest, BadImageLeavesTheOldOneServing) {
  const std::string address = DeployVictim("hello", {"say", "version 1"});
  const CommandResult result =
      platform().Faas({"update", "hello"}, "not an image");
  EXPECT_GT(result.exit_code, 0);
  EXPECT_EQ(Get(address).body, "version 1\n");
}

TEST_F(UpdateTest, UpdateToTheSameImageIsFine) {
  const std::string archive = VictimArchive({"say", "same"});
  const std::string address = Deploy("hello", archive);
  Update("hello", archive);
  EXPECT_EQ(Get(address).body, "same\n");
}

}  // namespace
}  // namespace faas::testing
