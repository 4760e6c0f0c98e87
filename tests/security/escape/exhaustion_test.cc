// Tests that, while one function takes all that it can get, another one serves
// beside it, and that the host is afterwards as it was.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "testing/private_host.h"
#include "tests/security/escape/escape_test_base.h"

namespace faas::escape {
namespace {

// How long an attack goes on. It ends by itself, or its container is ended
// before. Then there is another attack, as long as the neighbour is measured.
constexpr char kAttackSeconds[] = "4";
// How long an attack may go on that ends when it has done its work.
constexpr char kMostAttackSeconds[] = "60";
constexpr int kRequests = 20;
// How many times longer the neighbour's median request may take during an
// attack than on the calm machine. Both are measured in the same run. The
// neighbour shares the processors with an attack that takes all of its share.
constexpr int kSlower = 15;

absl::Duration Median(std::vector<absl::Duration> times) {
  std::sort(times.begin(), times.end());
  return times.empty() ? absl::InfiniteDuration() : times[times.size() / 2];
}

class ExhaustionTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    devices_ = new HostDevices;
    testing::PlatformOptions options;
    options.runnerd_flags = {"--container_memory_bytes=268435456",
                             "--request_timeout=2m", "--kill_grace=500ms"};
    platform_ = StartPlatform(options).release();
    if (platform_ == nullptr) return;
    DeployAttack(platform_, "attacker", AttackArchive());
    DeployAttack(platform_, "neighbour", AttackArchive());
    // The first uses of descriptors and threads are made before they are
    // counted.
    CallNeighbour();
    Attack(platform_, "attacker", "identity");
    before_ = new Census(SettledCount(platform_));
    calm_ = NeighbourMedian();
    std::printf("a calm neighbour's median: %s\n",
                absl::FormatDuration(calm_).c_str());
  }

  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
    delete devices_;
    devices_ = nullptr;
    delete before_;
    before_ = nullptr;
  }

  void SetUp() override {
    if (platform_ == nullptr) {
      GTEST_SKIP() << "there is no platform with " << RuntimeOfTest();
    }
    log_offset_ = platform_->log().Size();
    // The attack of the test before may have taken longer than that test
    // waited.
    ASSERT_EQ(platform_->WaitForCensus(*before_, kAttackPatience), "");
  }

  void TearDown() override {
    if (HasFailure() && platform_ != nullptr) {
      const std::string log = platform_->log().TextFrom(log_offset_);
      std::printf(
          "---- end of the daemons' log ----\n%s----\n",
          log.substr(log.size() - std::min<size_t>(log.size(), 8192)).c_str());
    }
  }

  // Expects that the neighbour can do what it may do. Returns the time that it
  // took.
  static absl::Duration CallNeighbour() {
    const absl::Time begin = absl::Now();
    const Report report = Attack(platform_, "neighbour", "neighbour");
    const absl::Duration time = absl::Now() - begin;
    EXPECT_TRUE(report.complete) << report.text;
    for (const auto& [what, outcome] : report.steps) {
      // crun limits itself before it makes the user namespace, so
      // RLIMIT_SIGPENDING of one container is shared by all: see "What
      // containers share" in docs/container_profile.md.
      if (RuntimeOfTest() == "crun" && outcome == "EAGAIN" &&
          (what == "timer" || what == "queued signal")) {
        continue;
      }
      EXPECT_EQ(outcome, "OK") << "the neighbour's " << what;
    }
    return time;
  }

  static absl::Duration NeighbourMedian() {
    std::vector<absl::Duration> times;
    for (int i = 0; i < kRequests; ++i) times.push_back(CallNeighbour());
    return Median(times);
  }

  // Runs the attack over and over, each for at most `seconds`, and a
  // neighbour's requests meanwhile. Returns what came of each attack.
  static std::vector<Report> AttackBesideNeighbour(
      const std::string& attack, const char* seconds = kAttackSeconds) {
    std::atomic<bool> measured = false;
    std::vector<Report> reports;
    std::thread attacker([&] {
      while (!measured) {
        TestConnection connection = Request(
            platform_, "attacker", absl::StrCat("/", attack, "?", seconds));
        const absl::StatusOr<std::string> text = connection.ReadToEnd();
        // A container that is ended resets the connection if it has not read
        // everything.
        EXPECT_TRUE(text.ok() || absl::IsAborted(text.status()))
            << text.status();
        reports.push_back(ParseReport(attack, text.value_or("")));
      }
    });
    EXPECT_TRUE(WaitUntil([] { return Attackers() > 0; }));
    const absl::Duration median = NeighbourMedian();
    measured = true;
    attacker.join();
    std::printf("%s: %zu times; the neighbour's median: %s\n", attack.c_str(),
                reports.size(), absl::FormatDuration(median).c_str());
    EXPECT_LT(median, kSlower * calm_);
    return reports;
  }

  // Expects that the host and the platform are as before.
  static void ExpectHostUnharmed() {
    EXPECT_EQ(platform_->WaitForCensus(*before_, kAttackPatience), "");
    CallNeighbour();
    EXPECT_TRUE(Attack(platform_, "attacker", "identity").complete);
  }

  static int Attackers() {
    int count = 0;
    for (const pid_t pid : testing::ProcessTree(1)) {
      count += testing::ProcessName(pid) == "attack";
    }
    return count;
  }

  static Platform* platform_;
  static HostDevices* devices_;
  static Census* before_;
  static absl::Duration calm_;
  size_t log_offset_ = 0;
};

Platform* ExhaustionTest::platform_ = nullptr;
HostDevices* ExhaustionTest::devices_ = nullptr;
Census* ExhaustionTest::before_ = nullptr;
absl::Duration ExhaustionTest::calm_;

TEST_F(ExhaustionTest, ForkBomb) {
  int most = 0;
  std::atomic<bool> done = false;
  std::thread watch([&] {
    while (!done) {
      most = std::max(most, Attackers());
      absl::SleepFor(absl::Milliseconds(50));
    }
  });
  AttackBesideNeighbour("fork-bomb");
  done = true;
  watch.join();
  // The attack had all that it may have, and the neighbour its own few.
  EXPECT_GT(most, 200);
  EXPECT_LT(most, 256 + 32);
  ExpectHostUnharmed();
}

// If a child is out of memory, its whole container ends, and not one process at
// a time.
TEST_F(ExhaustionTest, MemoryBomb) {
  for (const Report& report : AttackBesideNeighbour("memory-bomb")) {
    EXPECT_EQ(report.Fact("survived"), "") << report.text;
  }
  ExpectHostUnharmed();
}

TEST_F(ExhaustionTest, DiskFill) {
  const uintmax_t free_before =
      std::filesystem::space(platform_->state_dir()).available;
  AttackBesideNeighbour("disk-fill");
  const uintmax_t free_after =
      std::filesystem::space(platform_->state_dir()).available;
  // Others use the disk as well.
  EXPECT_GT(free_after + (uintmax_t{512} << 20), free_before);
  ExpectHostUnharmed();
}

TEST_F(ExhaustionTest, DescriptorFill) {
  for (const Report& report : AttackBesideNeighbour("descriptor-fill")) {
    EXPECT_EQ(report.Fact("one process"), "EMFILE") << report.text;
  }
  ExpectHostUnharmed();
}

TEST_F(ExhaustionTest, KernelObjectFill) {
  AttackBesideNeighbour("kernel-object-fill");
  ExpectHostUnharmed();
}

TEST_F(ExhaustionTest, OutputFlood) {
  const size_t log_before = platform_->log().Size();
  const std::vector<Report> reports =
      AttackBesideNeighbour("output-flood", kMostAttackSeconds);
  for (const Report& report : reports) {
    // A writer is never blocked for good.
    EXPECT_EQ(report.Fact("bytes to 1"), "all") << report.text;
  }
  // The log keeps 64 KiB of each stream, and a little more.
  EXPECT_LT(platform_->log().Size() - log_before,
            (reports.size() + 1) * (size_t{192} << 10));
  ExpectHostUnharmed();
}

TEST_F(ExhaustionTest, CpuSpin) {
  for (const Report& report : AttackBesideNeighbour("cpu-spin")) {
    EXPECT_EQ(report.Fact("threads"), "64") << report.text;
    // In hundredths. Each container may have one processor.
    int processors = 0;
    EXPECT_TRUE(absl::SimpleAtoi(report.Fact("processors"), &processors));
    EXPECT_LE(processors, 130);
  }
  ExpectHostUnharmed();
}

// The same programs run as children of this test, in namespaces that end with
// them. Only their own bounds hold.
class ExhaustionControlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (testing::PrivateHostDirectory().empty()) GTEST_SKIP();
  }
};

TEST_F(ExhaustionControlTest, NothingEndsAMemoryBomb) {
  // The machine can bear 1 GiB for each child.
  const Report report = RunControl("memory-bomb", {"2"});
  EXPECT_EQ(report.Fact("survived"), "no child was killed") << report.text;
}

TEST_F(ExhaustionControlTest, NothingStopsAForkBomb) {
  std::atomic<bool> done = false;
  int most = 0;
  std::thread watch([&] {
    while (!done) {
      int count = 0;
      for (const pid_t pid : testing::ProcessTree(1)) {
        count += testing::ProcessName(pid) == "attack";
      }
      most = std::max(most, count);
      absl::SleepFor(absl::Milliseconds(20));
    }
  });
  EXPECT_TRUE(RunControl("fork-bomb", {"4"}).complete);
  done = true;
  watch.join();
  EXPECT_GT(most, 500);
}

TEST_F(ExhaustionControlTest, NothingStopsDescriptors) {
  Control control;
  control.wrapper = {"prlimit", "--nofile=8192:8192"};
  const Report report = RunControl("descriptor-fill", {"2"}, control);
  EXPECT_EQ(report.Fact("one process"), "OK") << report.text;
}

}  // namespace
}  // namespace faas::escape
