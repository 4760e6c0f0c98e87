// Tests the OCI runtime: which one is used, what is known of its version, and
// what happens if it misbehaves.

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/fs/file.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class RuntimeTest : public PlatformTestBase {
 protected:
  // Writes a runtime that is a shell script, and returns its path. In the
  // script, "$@" is the command line, and runc is in its PATH.
  static std::string WriteRuntime(const std::string& script) {
    const std::string path = PrivateHostDirectory() + "/fake-runtime";
    std::ofstream(path) << "#!/bin/sh\n" << script << "\n";
    EXPECT_EQ(chmod(path.c_str(), 0700), 0);
    return path;
  }

  // Returns a runtime that is runc but for its version.
  static std::string RuncThatSays(const std::string& version) {
    return WriteRuntime("case \"$*\" in *--version*) echo '" + version +
                        "'; exit;; esac\nexec runc \"$@\"");
  }

  static PlatformOptions WithRuntime(const std::string& command) {
    PlatformOptions options;
    options.runtime = command;
    return options;
  }

  // Returns the time after which a runtime counts as hung, as a flag of
  // runnerd: ten times what an answer takes with `options` on this machine.
  // Starts a platform to find out.
  std::string RuntimeTimeoutFor(const PlatformOptions& options) {
    StartSupervised(options);
    if (HasFailure()) return "";
    const std::string address = DeployAndAsk();
    const absl::Time begin = absl::Now();
    EXPECT_EQ(Get(address, "/ok").body, "ok\n");
    const absl::Duration answer = absl::Now() - begin;
    platform_.reset();
    return absl::FormatDuration(absl::Ceil(10 * answer, absl::Milliseconds(1)));
  }

  std::string DeployAndAsk() {
    const std::string address = DeployVictim("hello", {"by-path"});
    EXPECT_EQ(Get(address, "/ok").body, "ok\n");
    return address;
  }

  // Returns how many lines of the log after `offset` contain `text`.
  size_t CountLines(const std::string& text, size_t offset) {
    size_t count = 0;
    const std::string log = platform().log().TextFrom(offset);
    for (absl::string_view line : absl::StrSplit(log, '\n')) {
      count += absl::StrContains(line, text);
    }
    return count;
  }

  // Starts runnerd alone, which must end with an error, and returns its log.
  std::string FailToStart(const std::string& runtime) {
    platform_ = std::make_unique<Platform>(WithRuntime(runtime));
    EXPECT_OK(platform_->StartDaemon("runnerd"));
    EXPECT_EQ(platform_->daemon("runnerd")->Wait(), 1);
    // The daemon's last output may arrive after its end.
    EXPECT_TRUE(platform_->log().WaitFor("^runnerd: "));
    return platform_->log().Text();
  }
};

TEST_F(RuntimeTest, KnownProblemIsInTheLogAndInFaasVersion) {
  const std::string runtime = RuncThatSays("runc version 1.3.2");
  ASSERT_NO_FATAL_FAILURE(StartSupervised(WithRuntime(runtime)));
  DeployAndAsk();
  EXPECT_EQ(platform().log().WaitForSequence(
                {"^\\[init\\] Using " + runtime + " \\(runc version 1.3.2\\)$",
                 "^\\[init\\] WARNING: runc 1\\.3\\.2 can hang .*install"}),
            "");
  const CommandResult text = platform().Faas({"version"});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(
      text.out,
      AllOf(HasSubstr("\nRuntime:      runc version 1.3.2 (" + runtime + ")\n"),
            HasSubstr("\nWarning:      runc 1.3.2 can hang ")));
  const CommandResult json = platform().Faas({"version", "-o", "json"});
  const auto parsed = nlohmann::json::parse(json.out, nullptr, false);
  ASSERT_TRUE(parsed.is_object()) << json.out << json.err;
  EXPECT_EQ(parsed["client"]["version"], parsed["server"]["version"]);
  EXPECT_THAT(parsed["server"]["runtime"]["warning"].get<std::string>(),
              HasSubstr("1.3.6"));
}

TEST_F(RuntimeTest, GoodVersionHasNoWarning) {
  ASSERT_NO_FATAL_FAILURE(
      StartSupervised(WithRuntime(RuncThatSays("runc version 1.3.6"))));
  DeployAndAsk();
  EXPECT_THAT(platform().log().Text(), Not(HasSubstr("WARNING")));
  const CommandResult version = platform().Faas({"version"});
  EXPECT_EQ(version.exit_code, 0) << version.err;
  EXPECT_THAT(version.out, AllOf(HasSubstr("runc version 1.3.6"),
                                 Not(HasSubstr("Warning"))));
}

TEST_F(RuntimeTest, OptionsOfTheRuntimeAreGivenToIt) {
  const std::string log = PrivateHostDirectory() + "/runc.log";
  ASSERT_NO_FATAL_FAILURE(
      StartSupervised(WithRuntime("runc --debug  --log " + log)));
  DeployAndAsk();
  EXPECT_THAT(fs::ReadFile(log, 1 << 20).value_or(""),
              HasSubstr("level=debug"));
}

TEST_F(RuntimeTest, VersionThatHangsIsAClearError) {
  const std::string runtime = WriteRuntime("sleep 1000 & wait");
  EXPECT_THAT(
      FailToStart(runtime),
      HasSubstr(absl::StrCat("runtime \"", runtime, "\" cannot be used: \"",
                             runtime, " --version\" did not end within 5s; ",
                             "run \"", runtime, " --version\" to see why")));
  // Only our init and this test are left, and no process of the runtime.
  EXPECT_TRUE(WaitUntil([this] {
    return platform().Count().processes.size() == 2;
  })) << platform().Count().Describe();
}

TEST_F(RuntimeTest, VersionThatFailsIsAClearError) {
  const std::string runtime = WriteRuntime("echo no such library >&2; exit 1");
  EXPECT_THAT(FailToStart(runtime), AllOf(HasSubstr(" --version\" failed"),
                                          HasSubstr("no such library")));
}

TEST_F(RuntimeTest, EmptyCommandIsAClearError) {
  EXPECT_THAT(FailToStart(" "), HasSubstr("--runtime is empty"));
}

TEST_F(RuntimeTest, VersionWithoutRunnerdHasNoRuntime) {
  platform_ = std::make_unique<Platform>();
  ASSERT_OK(platform().StartDaemon("registryd"));
  EXPECT_TRUE(WaitUntil(
      [this] { return platform().Faas({"version"}).exit_code == 0; }));
  EXPECT_THAT(platform().Faas({"version"}).out,
              MatchesRegex("Client: .*\nServer: .*\n"
                           "Runtime:      unknown, runnerd does not answer\n"));
  const auto json = nlohmann::json::parse(
      platform().Faas({"version", "-o", "json"}).out, nullptr, false);
  ASSERT_TRUE(json.is_object());
  EXPECT_FALSE(json["server"].contains("runtime"));
  const CommandResult remote =
      platform().Faas({"--address=127.0.0.1:8080", "version"});
  EXPECT_EQ(remote.exit_code, 0) << remote.err;
}

TEST_F(RuntimeTest, VersionWithoutFaasdIsTheClientsAndAnError) {
  platform_ = std::make_unique<Platform>();
  const CommandResult text = platform().Faas({"version"});
  EXPECT_EQ(text.exit_code, 1);
  EXPECT_THAT(text.out, MatchesRegex("Client:       [^\n]+\n"));
  EXPECT_THAT(text.err, MatchesRegex("faas: faasd is not running: [^\n]+\n"));
  const CommandResult json = platform().Faas({"version", "-o", "json"});
  EXPECT_EQ(json.exit_code, 1);
  const auto parsed = nlohmann::json::parse(json.out, nullptr, false);
  ASSERT_TRUE(parsed.is_object()) << json.out;
  EXPECT_TRUE(parsed["client"].contains("version"));
  EXPECT_FALSE(parsed.contains("server"));
  const CommandResult flag = platform().Faas({"--version"});
  EXPECT_EQ(flag.exit_code, 0);
  EXPECT_EQ(flag.out,
            absl::StrCat("faas ",
                         parsed["client"]["version"].get<std::string>(), "\n"));
}

TEST_F(RuntimeTest, ContainerThatEndsBeforeItIsOursHasItsExitCode) {
  ASSERT_NO_FATAL_FAILURE(
      StartSupervised(WithRuntime(Runfile("tests/integration/late_runtime"))));
  const std::string good = DeployAndAsk();
  const std::string bad = DeployVictim("bad", {"exit-before", "3"});
  const Census before = SettledCount();
  const size_t offset = platform().log().Size();
  EXPECT_EQ(Get(bad).Header("X-Faasd-Error"), "handler-exited");
  EXPECT_TRUE(platform().log().WaitFor("exited with code 3", kSoon, offset));
  static_cast<void>(Request(good, "/exit-after/9").ReadToEnd());
  EXPECT_TRUE(platform().log().WaitFor("exited with code 9", kSoon, offset));
  ExpectNothingLeft(before);
}

// The runtime hangs once. It is killed with its child, and the same connection
// gets another container.
TEST_F(RuntimeTest, RuntimeThatHangsIsKilledAndTheConnectionGetsAnother) {
  const std::string marker = PrivateHostDirectory() + "/hang-once";
  PlatformOptions options = WithRuntime(WriteRuntime(
      "case \"$*\" in *' run '*) if rm '" + marker +
      "' 2>/dev/null; then sleep 1000 & wait; fi;; esac\nexec runc \"$@\""));
  const std::string timeout = RuntimeTimeoutFor(options);
  options.supervisor_flags = {"--runnerd_args=--runtime_timeout=" + timeout};
  ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
  const std::string address = DeployAndAsk();
  const Census before = SettledCount();
  const size_t offset = platform().log().Size();
  std::ofstream(marker) << "";
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  EXPECT_FALSE(std::filesystem::exists(marker));
  const auto retries = [&] {
    return CountLines("gets another: the runtime hung for " + timeout, offset);
  };
  EXPECT_EQ(retries(), 1u) << platform().log().TextFrom(offset);
  // The line may come after the answer.
  EXPECT_TRUE(platform().log().WaitFor("Sent FD", kSoon, offset));
  EXPECT_EQ(CountLines("Sent FD", offset), 1u);
  ExpectNothingLeft(before);
  EXPECT_EQ(retries(), 1u);
}

// The runtime hangs every time. In the end, the client is told.
TEST_F(RuntimeTest, RuntimeThatAlwaysHangsIsAnsweredWith504) {
  const std::string marker = PrivateHostDirectory() + "/hang-always";
  PlatformOptions options = WithRuntime(
      WriteRuntime("case \"$*\" in *' run '*) if [ -e '" + marker +
                   "' ]; then sleep 1000 & wait; fi;; esac\nexec runc \"$@\""));
  options.supervisor_flags = {"--runnerd_args=--runtime_timeout=" +
                              RuntimeTimeoutFor(options)};
  ASSERT_NO_FATAL_FAILURE(StartSupervised(options));
  const std::string address = DeployAndAsk();
  const Census before = SettledCount();
  const size_t offset = platform().log().Size();
  std::ofstream(marker) << "";
  const HttpResponse response = Get(address, "/ok");
  EXPECT_EQ(response.status, 504) << response.raw;
  EXPECT_EQ(response.Header("X-Faasd-Error"), "start-timeout");
  EXPECT_EQ(CountLines("gets another: the runtime hung", offset), 2u)
      << platform().log().TextFrom(offset);
  ExpectNothingLeft(before);
  std::filesystem::remove(marker);
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
}

// Returns how many keys the users of this instance's containers have. `uid` is
// the host's id for their root.
int KeysOf(int uid) {
  const std::string all = fs::ReadFile("/proc/key-users", 1 << 20).value_or("");
  for (absl::string_view line : absl::StrSplit(all, '\n')) {
    // In "  0:    37 36/36 18/1000000 426/25000000", the fourth word has the
    // number of keys.
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() != 5 || words[0] != absl::StrCat(uid, ":")) continue;
    int keys = 0;
    EXPECT_TRUE(absl::SimpleAtoi(words[3].substr(0, words[3].find('/')), &keys))
        << line;
    return keys;
  }
  return 0;
}

class KeyringTest : public RuntimeTest {
 protected:
  // No other test uses these ids.
  static constexpr int kIdBase = 700000;

  // Starts three warm instances.
  void StartThree(const std::string& runtime) {
    if (access("/proc/key-users", R_OK) != 0) GTEST_SKIP() << "no keys here";
    PlatformOptions options = WithRuntime(runtime);
    for (auto* flags : {&options.registryd_flags, &options.runnerd_flags}) {
      flags->push_back(absl::StrCat("--id_base=", kIdBase));
    }
    ASSERT_NO_FATAL_FAILURE(StartAlone(options));
    DeployWith("warm", {"by-path"}, {"--warm", "3"});
    EXPECT_TRUE(WaitUntil(
        [this] { return CountLines("connected to control", 0) == 3; }));
  }
};

// A user may have 200 keys, whatever --max_instances is.
TEST_F(KeyringTest, ContainersTakeNoKeysOfTheirUser) {
  ASSERT_NO_FATAL_FAILURE(StartThree("runc"));
  EXPECT_EQ(KeysOf(kIdBase), 0);
  EXPECT_THAT(platform().log().Text(), Not(HasSubstr("WARNING")));
}

TEST_F(KeyringTest, RuntimeThatGivesEachContainerOneHasAWarning) {
  ASSERT_NO_FATAL_FAILURE(StartThree(
      WriteRuntime("[ \"$*\" = 'run --help' ] && exit\nexec runc \"$@\"")));
  EXPECT_EQ(KeysOf(kIdBase), 3);
  EXPECT_THAT(platform().log().Text(),
              HasSubstr("WARNING: it has no --no-new-keyring: "));
}

// crun takes less than half of runc's time. It differs in two ways that matter:
// it refuses hybrid cgroups, and one of its processes outlives the one that
// runnerd started.
class CrunTest : public RuntimeTest {
 protected:
  void SetUp() override {
    if (RunCommand({"crun", "--version"}).exit_code != 0) {
      GTEST_SKIP() << "crun is not installed";
    }
    mounts_ = CgroupMounts();
    ASSERT_NO_FATAL_FAILURE(StartSupervised(WithRuntime("crun")));
  }

  // Returns the host's mounts of cgroups, as this test sees them.
  static std::vector<std::string> CgroupMounts() {
    const std::string all =
        fs::ReadFile("/proc/self/mounts", 1 << 20).value_or("");
    std::vector<std::string> mounts;
    for (absl::string_view line : absl::StrSplit(all, '\n')) {
      if (absl::StrContains(line, "cgroup")) mounts.emplace_back(line);
    }
    EXPECT_FALSE(mounts.empty());
    return mounts;
  }

  // Sends `count` requests from two threads.
  void AskOften(const std::string& address, int count, int status) {
    const auto ask = [&] {
      for (int i = 0; i < count / 2; ++i) {
        EXPECT_EQ(Get(address, "/ok").status, status);
      }
    };
    std::thread other(ask);
    ask();
    other.join();
  }

  std::vector<std::string> mounts_;
};

TEST_F(CrunTest, ServesWhateverTheHostsCgroupsAre) {
  const std::string address = DeployAndAsk();
  const Census before = SettledCount();
  const size_t offset = platform().log().Size();
  AskOften(address, 100, 200);
  ExpectNothingLeft(before);
  EXPECT_EQ(CountLines("Container exited with code 0", offset), 100u);
  EXPECT_EQ(CountLines("Container exited with code", offset), 100u);
  // An update mounts another revision, which crun must see.
  const CommandResult updated =
      platform().Faas({"update", "hello"}, VictimArchive({"say", "new"}));
  EXPECT_EQ(updated.exit_code, 0) << updated.err;
  EXPECT_EQ(Get(address).body, "new\n");
  EXPECT_EQ(CgroupMounts(), mounts_);
}

TEST_F(CrunTest, HandlerThatEndsAtOnceHasItsExitCode) {
  const std::string address = DeployVictim("bad", {"exit-before", "3"});
  const size_t offset = platform().log().Size();
  AskOften(address, 60, 502);
  EXPECT_TRUE(WaitUntil([&] {
    return CountLines("Container exited with code 3", offset) == 60;
  })) << CountLines("Container exited with code 3", offset);
  EXPECT_EQ(CountLines("Container exited with code", offset), 60u);
}

}  // namespace
}  // namespace faas::testing
