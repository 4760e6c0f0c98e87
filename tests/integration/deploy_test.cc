// Tests deploys of images in every layout. Input that is wrong gets one clear
// line and leaves nothing behind.

#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "testing/private_host.h"
#include "testing/runfile.h"
#include "tests/integration/platform_test_base.h"

namespace faas::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;

struct BadInput {
  std::string name;
  std::string archive;
  // A regex for the line on standard error.
  std::string expected;
};

ImageBuilder ImageOf(std::vector<TarEntry> entries) {
  ImageSettings settings;
  settings.cmd = {"/victim"};
  return ImageBuilder()
      .AddLayer(MakeTar(entries))
      .SetSettings(settings)
      .AddTag("bad:latest");
}

std::string Bad(std::vector<TarEntry> entries) {
  return ImageOf(std::move(entries)).Save(Layout::kDocker25);
}

std::string RandomBytes(size_t size) {
  std::mt19937 random(1);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::string WithoutCommand() {
  return ImageBuilder()
      .AddLayer(MakeTar({FileEntry("a", "")}))
      .Save(Layout::kDocker25);
}

// Returns an image whose layer does not have the diff ID that the configuration
// names.
std::string WithWrongLayer() {
  ArchiveMembers members = VictimImage({"by-path"}).Members(Layout::kDocker25);
  for (TarEntry& member : members) {
    if (member.data.size() > 100000) member.data[50000] ^= 1;
  }
  return MakeTar(members);
}

std::string WithBrokenManifest() {
  ArchiveMembers members = VictimImage({"by-path"}).Members(Layout::kDocker25);
  for (TarEntry& member : members) {
    if (member.path == "manifest.json") member.data = "[{\"Config\":";
  }
  return MakeTar(members);
}

std::vector<BadInput> BadInputs() {
  const std::string good = VictimArchive();
  return {
      {"Empty", "", "[Nn]o data|[Ee]mpty|Invalid Docker image"},
      {"RandomBytes", RandomBytes(100000), "Invalid Docker image"},
      {"CutInLayer", good.substr(0, good.size() / 2), "Invalid Docker image"},
      {"CutAfterFirstBlock", good.substr(0, 512), "Invalid Docker image"},
      {"DockerExport", MakeTar({FileEntry("bin/sh", "x")}),
       "Invalid Docker image: manifest\\.json not found.*docker save"},
      {"NoCommand", WithoutCommand(), "[Cc]ommand|Cmd|Entrypoint"},
      {"WrongLayer", WithWrongLayer(), "Invalid Docker image.*other bytes"},
      {"BrokenManifest", WithBrokenManifest(), "manifest\\.json"},
      {"PathLeavesRoot", Bad({FileEntry("../../outside", "x")}), "outside"},
      {"PathLeavesRootInside", Bad({FileEntry("a/../../outside", "x")}),
       "outside"},
      {"HardLinkLeavesRoot",
       Bad({HardLinkEntry("passwd", "../../../../../../../etc/passwd")}),
       "passwd"},
      {"FileThroughLinkThatLeavesRoot",
       Bad({SymlinkEntry("link", PrivateHostDirectory()),
            FileEntry("link/../../outside", "x")}),
       "outside"},
      {"CharacterDevice", Bad({DeviceEntry("mem", '3', 1, 1)}), "mem"},
      {"BlockDevice", Bad({DeviceEntry("disk", '4', 8, 0)}), "disk"},
      {"UnknownUser",
       VictimImage({"by-path"})
           .SetSettings([] {
             ImageSettings settings;
             settings.cmd = {"/victim"};
             settings.user = "nobody-here";
             return settings;
           }())
           .Save(Layout::kDocker25),
       "nobody-here"},
  };
}

class DeployTest : public PlatformTestBase {
 protected:
  void SetUp() override { ASSERT_NO_FATAL_FAILURE(StartSupervised()); }

  // Returns the paths of all files and directories in the state directory.
  std::set<std::string> StateFiles() {
    std::set<std::string> names;
    std::error_code error;
    for (auto walk = std::filesystem::recursive_directory_iterator(
             platform().state_dir(), error);
         !error && walk != std::filesystem::recursive_directory_iterator();
         walk.increment(error)) {
      names.insert(walk->path());
    }
    return names;
  }

  void ExpectOnlyGoodIsLeft(const std::set<std::string>& before) {
    WaitUntil([&] { return StateFiles() == before; });
    EXPECT_THAT(StateFiles(), ::testing::ContainerEq(before));
  }

  static void ExpectOneLine(const CommandResult& result) {
    EXPECT_GT(result.exit_code, 0);
    const std::string error = WithoutProgress(result.err);
    EXPECT_EQ(std::count(error.begin(), error.end(), '\n'), 1) << result.err;
    EXPECT_EQ(result.err.find("Deployed"), std::string::npos);
    EXPECT_EQ(result.out.find("Deployed"), std::string::npos) << result.out;
  }
};

TEST_F(DeployTest, BadInputGetsOneLineAndLeavesNothing) {
  const std::string address = DeployVictim("good", {"by-path"});
  EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  for (const BadInput& bad : BadInputs()) {
    SCOPED_TRACE(bad.name);
    const Census census = SettledCount();
    const std::set<std::string> files = StateFiles();
    const CommandResult result = platform().Faas({"new", "bad"}, bad.archive);
    ExpectOneLine(result);
    EXPECT_THAT(result.err, ContainsRegex(bad.expected));
    ExpectOnlyGoodIsLeft(files);
    EXPECT_EQ(platform().WaitForCensus(census), "");
    EXPECT_FALSE(std::filesystem::exists(PrivateHostDirectory() + "/outside"));
    EXPECT_EQ(platform().Faas({"ip", "good"}).out, "10.0.0.10\n");
    EXPECT_GT(platform().Faas({"ip", "bad"}).exit_code, 0);
  }
  // The address that the bad functions would have had is free.
  EXPECT_EQ(DeployVictim("next", {"by-path"}), "10.0.0.11");
}

TEST_F(DeployTest, LocalExtractionRefusesTheSame) {
  for (const BadInput& bad : BadInputs()) {
    // A tree is written even if it lacks what a container needs.
    if (bad.name == "NoCommand" || bad.name == "UnknownUser") continue;
    SCOPED_TRACE(bad.name);
    const std::string directory = PrivateHostDirectory() + "/a/b/extracted";
    std::filesystem::create_directories(PrivateHostDirectory() + "/a/b");
    const CommandResult result =
        platform().Faas({"image", "extract", "-", directory}, bad.archive);
    ExpectOneLine(result);
    EXPECT_THAT(result.err, ContainsRegex(bad.expected));
    for (const char* outside : {"/outside", "/a/outside", "/a/b/outside"}) {
      EXPECT_FALSE(std::filesystem::exists(PrivateHostDirectory() + outside));
    }
    EXPECT_FALSE(std::filesystem::exists(directory));
    std::filesystem::remove_all(PrivateHostDirectory() + "/a");
  }
}

TEST_F(DeployTest, BadNamesAreRefused) {
  const std::string archive = VictimArchive();
  for (const std::string& name :
       {std::string("Upper"), std::string("-a"), std::string("a-"),
        std::string("a.b"), std::string("a/b"), std::string(".."),
        std::string("a b"), std::string(64, 'a'), std::string("ä")}) {
    SCOPED_TRACE(name);
    const CommandResult result = platform().Faas({"new", "--", name}, archive);
    ExpectOneLine(result);
  }
  EXPECT_EQ(DeployVictim(std::string(63, 'a'), {"by-path"}), "10.0.0.10");
}

TEST_F(DeployTest, ExistingNameIsRefusedWithTheWayOut) {
  DeployVictim("hello", {"say", "one"});
  const CommandResult result =
      platform().Faas({"new", "hello"}, VictimArchive({"say", "two"}));
  ExpectOneLine(result);
  EXPECT_THAT(result.err, HasSubstr("faas update hello"));
  EXPECT_EQ(Get("10.0.0.10").body, "one\n");
}

TEST_F(DeployTest, UnknownFunctionIsNamed) {
  for (const char* command : {"ip", "describe", "rm", "update"}) {
    const CommandResult result =
        platform().Faas({command, "nowhere"}, VictimArchive());
    ExpectOneLine(result);
    EXPECT_THAT(result.err, HasSubstr("nowhere"));
  }
}

TEST_F(DeployTest, EveryLayoutAndSourceIsDeployed) {
  const std::string file = PrivateHostDirectory() + "/image.tar";
  int number = 0;
  for (const Layout layout :
       {Layout::kDocker20, Layout::kDocker25, Layout::kContainerd}) {
    const std::string archive = VictimImage({"by-path"}).Save(layout);
    const std::string name = absl::StrCat("layout-", number++);
    EXPECT_EQ(Get(Deploy(name, archive), "/ok").body, "ok\n") << name;
    std::ofstream(file) << archive;
    const CommandResult from_file =
        platform().Faas({"new", name + "-file", file});
    EXPECT_EQ(from_file.exit_code, 0) << from_file.err;
    EXPECT_THAT(from_file.out, HasSubstr("✓ Deployed " + name + "-file at "));
  }
}

TEST_F(DeployTest, MissingFileIsNamed) {
  const CommandResult result =
      platform().Faas({"new", "hello", "/nonexistent.tar"});
  ExpectOneLine(result);
  EXPECT_THAT(result.err, HasSubstr("/nonexistent.tar"));
}

TEST_F(DeployTest, RemovedFunctionFreesAddressListenerAndFiles) {
  DeployVictim("first", {"by-path"});
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
  const Census census = SettledCount();
  const std::set<std::string> files = StateFiles();
  const std::string address = DeployVictim("second", {"say", "x"});
  EXPECT_EQ(platform().Faas({"rm", "second"}).exit_code, 0);
  EXPECT_EQ(HttpGet(address, 80, "/").status().code(),
            absl::StatusCode::kUnavailable);
  EXPECT_EQ(RunCommand({"ip", "-o", "addr"}).out.find(address),
            std::string::npos);
  EXPECT_TRUE(WaitUntil([&] {
    EXPECT_EQ(platform().Faas({"gc"}).exit_code, 0);
    return StateFiles() == files;
  }));
  ExpectOnlyGoodIsLeft(files);
  ExpectNothingLeft(census);
  EXPECT_EQ(DeployVictim("third", {"by-path"}), address);
}

TEST_F(DeployTest, DeploysSideBySideGetAddressesOfTheirOwn) {
  constexpr int kCount = 6;
  const std::string archive = VictimArchive({"by-path"});
  std::vector<std::string> addresses(kCount);
  std::vector<std::thread> clients;
  for (int i = 0; i < kCount; ++i) {
    clients.emplace_back(
        [&, i] { addresses[i] = Deploy(absl::StrCat("side-", i), archive); });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(std::set<std::string>(addresses.begin(), addresses.end()).size(),
            size_t{kCount});
  for (const std::string& address : addresses) {
    EXPECT_EQ(Get(address, "/ok").body, "ok\n");
  }
}

TEST_F(DeployTest, OfTwoWithOneNameOneWins) {
  const std::string archive = VictimArchive({"by-path"});
  std::atomic<int> won = 0;
  std::vector<std::thread> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back([&] {
      if (platform().Faas({"new", "same"}, archive).exit_code == 0) ++won;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
}

TEST_F(DeployTest, ClientKilledInTheMiddleLeavesNothing) {
  DeployVictim("good", {"by-path"});
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
  const Census census = SettledCount();
  const std::set<std::string> files = StateFiles();
  const size_t offset = platform().log().Size();
  // The pipe gives half an image and then nothing.
  const std::string half = PrivateHostDirectory() + "/half.tar";
  const std::string archive = VictimArchive({"say", "different"});
  std::ofstream(half) << archive.substr(0, archive.size() / 2);
  OutputLog log;
  auto client = Daemon::Start(
      {"sh", "-c",
       absl::StrCat("{ cat ", half, "; exec sleep 1000; } | exec ",
                    Runfile("faas_cli/faas"), " new half -")},
      &log, {"FAASD_RUN_DIR=" + platform().run_dir()});
  ASSERT_OK(client);
  EXPECT_TRUE(platform().log().WaitFor("Extracting tarball", kSoon, offset));
  for (const pid_t pid : ProcessTree((*client)->pid())) kill(pid, SIGKILL);
  (*client)->Wait();
  ExpectOnlyGoodIsLeft(files);
  ExpectNothingLeft(census);
}

TEST_F(DeployTest, ExtractorThatIsKilledIsOneErrorAndLeavesNothing) {
  DeployVictim("good", {"by-path"});
  EXPECT_EQ(Get("10.0.0.10", "/ok").body, "ok\n");
  const Census census = SettledCount();
  const std::set<std::string> files = StateFiles();
  const std::string half = PrivateHostDirectory() + "/half.tar";
  const std::string archive = VictimArchive({"say", "different"});
  std::ofstream(half) << archive.substr(0, archive.size() / 2);
  OutputLog log;
  auto client = Daemon::Start(
      {"sh", "-c",
       absl::StrCat("{ cat ", half, "; exec sleep 1000; } | exec ",
                    Runfile("faas_cli/faas"), " new half -")},
      &log, {"FAASD_RUN_DIR=" + platform().run_dir()});
  ASSERT_OK(client);
  // This is the process in the sandbox, the child of the one around it.
  pid_t sandbox = 0;
  ASSERT_TRUE(WaitUntil([&] {
    std::vector<pid_t> extractors;
    for (const pid_t pid : ProcessTree(platform().DaemonPid("registryd"))) {
      if (ProcessName(pid) == "extractor") extractors.push_back(pid);
    }
    sandbox = extractors.size() == 2 ? extractors.back() : 0;
    return sandbox != 0;
  }));
  kill(sandbox, SIGKILL);
  EXPECT_TRUE(
      log.WaitFor("faas: the extractor was ended by signal 9 "
                  "\\(Killed\\).* \\[STORAGE\\]$"))
      << log.Text();
  for (const pid_t pid : ProcessTree((*client)->pid())) kill(pid, SIGKILL);
  (*client)->Wait();
  ExpectOnlyGoodIsLeft(files);
  ExpectNothingLeft(census);
}

TEST(SmallPoolTest, FullPoolIsSaid) {
  PlatformOptions options;
  // The addresses end in .1 to .6, which is enough for six functions.
  options.pool = "10.0.0.0/29";
  Platform platform(options);
  ASSERT_OK(platform.Start());
  const std::string archive = VictimArchive({"by-path"});
  for (int i = 1; i <= 6; ++i) {
    const auto address = platform.Deploy(absl::StrCat("f", i), archive);
    ASSERT_OK(address);
    EXPECT_EQ(*address, absl::StrCat("10.0.0.", i));
  }
  const CommandResult result = platform.Faas({"new", "f7"}, archive);
  EXPECT_GT(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("no free address in 10.0.0.0/29"));
  EXPECT_EQ(platform.Faas({"rm", "f3"}).exit_code, 0);
  const auto again = platform.Deploy("f7", archive);
  ASSERT_OK(again);
  EXPECT_EQ(*again, "10.0.0.3");
}

}  // namespace
}  // namespace faas::testing
