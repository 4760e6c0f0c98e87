// Makes connections that end in every possible way, and then checks that
// everything is as it was: processes, mounts, cgroups, bundles, descriptors,
// threads and memory.
//
// FAAS_SOAK_CONNECTIONS is the number of connections.

#include <cstdlib>
#include <functional>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/fs/file.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

constexpr int kDefaultConnections = 400;
constexpr int kClients = 6;
// How much the allocator and the caches of gRPC may keep.
constexpr int64_t kMaxGrowthKiB = 6 << 10;

int Connections() {
  int connections;
  const char* value = getenv("FAAS_SOAK_CONNECTIONS");
  return value != nullptr && absl::SimpleAtoi(value, &connections)
             ? connections
             : kDefaultConnections;
}

// Returns a number of /proc/PID/status, or -1 if it is not there.
int64_t StatusField(pid_t pid, absl::string_view name) {
  const auto status =
      fs::ReadFile(absl::StrCat("/proc/", pid, "/status"), 1 << 16);
  if (!status.ok()) return -1;
  for (absl::string_view line : absl::StrSplit(*status, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, absl::ByAnyChar(":\t "), absl::SkipEmpty());
    int64_t value;
    if (words.size() >= 2 && words[0] == name &&
        absl::SimpleAtoi(words[1], &value)) {
      return value;
    }
  }
  return -1;
}

class SoakTest : public PlatformTestBase {
 protected:
  struct Daemon {
    int64_t threads, memory_kib;
  };

  std::map<std::string, Daemon> Measure() {
    std::map<std::string, Daemon> daemons;
    for (const char* name : {"registryd", "gatewayd", "runnerd"}) {
      const pid_t pid = platform().DaemonPid(name);
      daemons[name] = {StatusField(pid, "Threads"), StatusField(pid, "VmRSS")};
    }
    return daemons;
  }

  void Ask(const std::string& address, const std::string& path) {
    auto connection = TestConnection::Open(address, platform().port());
    ASSERT_OK(connection);
    ASSERT_OK(connection->Send("GET " + path + " HTTP/1.1\r\n\r\n"));
    static_cast<void>(connection->ReadToEnd());
  }

  // Makes a connection of kind `i`.
  void Connect(int i) {
    switch (i % 12) {
      case 0:
        Ask(by_path_, "/crash");
        break;
      case 1:
        Ask(by_path_, "/exit-after/9");
        break;
      case 2:
        Ask(by_path_, "/daemonize");
        break;
      case 3:
        Ask(by_path_, "/stderr-lines/20");
        break;
      case 4:
        Ask(leaves_, "/");  // 502
        break;
      case 5: {  // a client that resets
        auto connection = TestConnection::Open(by_path_, platform().port());
        ASSERT_OK(connection);
        ASSERT_OK(connection->Send("GET /ok HTTP/1.1\r\n\r\n"));
        connection->Reset();
        break;
      }
      case 6: {  // one that says nothing
        auto connection = TestConnection::Open(by_path_, platform().port());
        ASSERT_OK(connection);
        break;
      }
      case 7:
        Ask(warm_, "/crash");
        break;
      default:
        Ask(i % 2 == 0 ? warm_ : by_path_, "/ok");
    }
  }

  void ConnectMany(int count) {
    std::vector<std::thread> clients;
    for (int client = 0; client < kClients; ++client) {
      clients.emplace_back([this, client, count] {
        for (int i = client; i < count; i += kClients) Connect(i);
      });
    }
    for (std::thread& client : clients) client.join();
  }

  void SetWarm(int count) {
    const CommandResult result =
        platform().Faas({"update", "warm", absl::StrCat("--warm=", count)});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  std::string by_path_, leaves_, warm_;
};

TEST_F(SoakTest, NothingGrows) {
  ASSERT_NO_FATAL_FAILURE(StartAlone());
  by_path_ = DeployVictim("by-path", {"by-path"});
  leaves_ = DeployVictim("leaves", {"exit-before", "3"});
  warm_ = DeployVictim("warm", {"by-path"});
  SetWarm(4);
  // Some things are made on first use, and the allocator grows at first.
  ConnectMany(60);
  SetWarm(0);
  const Census before = SettledCount();
  const auto daemons_before = Measure();
  SetWarm(4);
  ConnectMany(Connections());
  SetWarm(0);
  ExpectNothingLeft(before);
  // The number of gRPC's polling threads changes by itself.
  EXPECT_TRUE(WaitUntil([&] {
    const auto now = Measure();
    return std::all_of(now.begin(), now.end(), [&](const auto& daemon) {
      const int64_t then = daemons_before.at(daemon.first).threads;
      return daemon.second.threads - then <= 2;
    });
  }));
  for (const auto& [name, daemon] : Measure()) {
    const Daemon& then = daemons_before.at(name);
    EXPECT_GT(daemon.memory_kib, 0) << name;
    EXPECT_LE(daemon.memory_kib - then.memory_kib, kMaxGrowthKiB) << name;
    std::printf(
        "%s: %d KiB, then %d; threads %d, then %d\n", name.c_str(),
        static_cast<int>(then.memory_kib), static_cast<int>(daemon.memory_kib),
        static_cast<int>(then.threads), static_cast<int>(daemon.threads));
  }
}

}  // namespace
}  // namespace faas::testing
