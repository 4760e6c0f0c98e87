// Follows the testing guide from its first step to its last, with the default
// directories and addresses, and compares what a person would see.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "testing/platform.h"
#include "testing/private_host.h"
#include "testing/python_root.h"
#include "testing/runfile.h"
#include "testing/status_matchers.h"
#include "testing/wait.h"

namespace faas::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

constexpr char kAnswer[] =
    "Hello from FaaS handler!\n\nRequest: GET / HTTP/1.1\n";

// The tests of this suite are steps. Each begins where the step before it
// ended.
class GuideTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (PrivateHostDirectory().empty()) return;  // all is skipped
    PlatformOptions options;
    options.state_dir = "/var/lib/faasd";
    options.run_dir = "/run/faasd";
    platform_ = new Platform(options);
    const absl::StatusOr<std::string> root = PythonRootLayer();
    ASSERT_OK(root);
    archive_ = new std::string(Image(*root, "test_handler.py", "test-handler"));
    archive2_ =
        new std::string(Image(*root, "test_handler2.py", "test-handler-2"));
  }

  static void TearDownTestSuite() { delete platform_; }

  // Does what `docker build && docker save` would do.
  static std::string Image(const std::string& root, const std::string& handler,
                           const std::string& name) {
    return PythonImage(root, ReadRunfile("testing/python/" + handler),
                       name + ":latest")
        .Save(Layout::kDocker25);
  }

  void TearDown() override {
    if (HasFailure()) {
      std::printf("---- log ----\n%s----\n", platform_->log().Text().c_str());
    }
  }

  static std::string Curl(const std::string& url) {
    const CommandResult result = RunCommand({"curl", "-sS", url});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.out;
  }

  static void ExpectLogged(const std::string& regex, size_t offset) {
    EXPECT_TRUE(platform_->log().WaitFor(regex, kSoon, offset)) << regex;
  }

  static bool BundlesAreEmpty() {
    return std::filesystem::is_empty("/var/lib/faasd/bundles");
  }

  static Platform* platform_;
  static std::string* archive_;
  static std::string* archive2_;
};

Platform* GuideTest::platform_;
std::string* GuideTest::archive_;
std::string* GuideTest::archive2_;

TEST_F(GuideTest, Step01RuncIsThere) {
  EXPECT_THAT(RunCommand({"runc", "--version"}).out,
              StartsWith("runc version"));
}

TEST_F(GuideTest, Step03ImageIsInspectedAndExtractedWithoutADaemon) {
  const std::string file = PrivateHostDirectory() + "/test-handler.tar";
  std::ofstream(file) << *archive_;
  for (const std::string& source : {file, std::string("-")}) {
    SCOPED_TRACE(source);
    const std::string input = source == "-" ? *archive_ : "";
    const CommandResult inspected =
        platform_->Faas({"image", "inspect", source}, input);
    EXPECT_EQ(inspected.exit_code, 0) << inspected.err;
    EXPECT_THAT(inspected.out, HasSubstr(absl::StrCat(archive_->size())));
    EXPECT_THAT(inspected.out, HasSubstr("['python3', '/app/handler.py']"));

    const std::string rootfs = PrivateHostDirectory() + "/test-rootfs";
    const CommandResult extracted =
        platform_->Faas({"image", "extract", source, rootfs}, input);
    EXPECT_EQ(extracted.exit_code, 0) << extracted.err;
    EXPECT_TRUE(std::filesystem::is_regular_file(rootfs + "/app/handler.py"));
    EXPECT_TRUE(std::filesystem::exists(rootfs + "/usr/bin/python3"));
    std::filesystem::remove_all(rootfs);
  }
}

TEST_F(GuideTest, Step04FaasdStarts) {
  ASSERT_OK(platform_->Start());
  const std::string rule(60, '=');
  EXPECT_EQ(platform_->log().WaitForSequence({
                "^" + rule + "$",
                "^faasd - FaaS daemon using runc$",
                "^" + rule + "$",
                "^faasd started successfully$",
                "^" + rule + "$",
                "^  Control API: http://127\\.0\\.0\\.1:8080$",
                "^  Registry:    /var/lib/faasd/registry\\.json$",
                "^\\[server\\] FaaS server ready$",
            }),
            "");
  ExpectLogged("^\\[init\\] Setting up /var/lib/faasd$", 0);
  ExpectLogged("^\\[init\\] Loaded 0 images from registry$", 0);
  ExpectLogged("^\\[init\\] Starting control API on :8080$", 0);
}

TEST_F(GuideTest, Step05HandlerIsDeployed) {
  const size_t offset = platform_->log().Size();
  const CommandResult result =
      platform_->Faas({"new", "test-handler"}, *archive_);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            absl::StrCat("Uploading image 'test-handler' to FaaS platform...\n"
                         "Read ",
                         archive_->size(),
                         " bytes from stdin\n"
                         "✓ Deployed test-handler at 10.0.0.10\n"
                         "  Command: ['python3', '/app/handler.py']\n"));
  ExpectLogged("^\\[api\\] Uploading image: test-handler$", offset);
  ExpectLogged("^\\[extract\\] Extracting tarball to /", offset);
  ExpectLogged("^\\[extract\\] Found 2 layers$", offset);
  ExpectLogged(
      "^\\[extract\\] ✓ Image extracted to "
      "/var/lib/faasd/images/test-handler/rootfs$",
      offset);
  ExpectLogged(
      "^\\[listener\\] Listening on 10\\.0\\.0\\.10:80 for test-handler$",
      offset);
  ExpectLogged("^\\[api\\] ✓ Deployed test-handler at 10\\.0\\.0\\.10$",
               offset);
}

TEST_F(GuideTest, Step06AddressIsOnLoopback) {
  const std::string addresses =
      RunCommand({"ip", "addr", "show", "dev", "lo"}).out;
  EXPECT_THAT(addresses, HasSubstr("inet 10.0.0.10/24 "));
  EXPECT_THAT(addresses, HasSubstr(" lo:faas\n"));
}

TEST_F(GuideTest, Step07RequestIsAnsweredAndTraced) {
  const size_t offset = platform_->log().Size();
  EXPECT_EQ(Curl("http://10.0.0.10/"), kAnswer);
  EXPECT_EQ(platform_->log().WaitForSequence(
                {
                    "^\\[server\\] Request from \\('10\\.0\\.0\\.10', "
                    "[0-9]+\\) → test-handler$",
                    "^\\[request\\] Handling request from "
                    "\\('10\\.0\\.0\\.10', [0-9]+\\)$",
                    "^\\[request\\] Created bundle at "
                    "/var/lib/faasd/bundles/faas-[0-9a-f]+$",
                    "^\\[request\\] Spawning container faas-[0-9a-f]+$",
                    "^\\[request\\] Container connected to control socket$",
                    "^\\[request\\] Sent FD [0-9]+ to container$",
                    "^\\[request\\] Container exited with code 0$",
                    "^\\[request\\] Container stderr: \\[handler\\] Starting "
                    "FaaS handler$",
                    "^\\[handler\\] Connected to control socket$",
                    "^\\[handler\\] Received FD: 4$",
                    "^\\[handler\\] Request: GET / HTTP/1\\.1$",
                    "^\\[handler\\] Request handled successfully$",
                },
                kSoon, offset),
            "");
}

TEST_F(GuideTest, Step08EachRequestHasAContainerAndAllShareTheRootfs) {
  const size_t offset = platform_->log().Size();
  for (int i = 1; i <= 5; ++i) EXPECT_EQ(Curl("http://10.0.0.10/"), kAnswer);
  const std::regex spawning("Spawning container (faas-[0-9a-f]+)");
  std::set<std::string> containers;
  const std::string log = platform_->log().TextFrom(offset);
  for (std::sregex_iterator match(log.begin(), log.end(), spawning), end;
       match != end; ++match) {
    containers.insert((*match)[1]);
  }
  EXPECT_EQ(containers.size(), 5u);
  EXPECT_EQ(RunCommand({"ls", "/var/lib/faasd/images"}).out, "test-handler\n");
}

TEST_F(GuideTest, Step09SecondHandlerIsDeployed) {
  const CommandResult result =
      platform_->Faas({"new", "test-handler-2"}, *archive2_);
  EXPECT_THAT(result.out, HasSubstr("✓ Deployed test-handler-2 at 10.0.0.11\n"))
      << result.err;
  EXPECT_EQ(Curl("http://10.0.0.11/"), "Hello from handler #2!");
  EXPECT_EQ(Curl("http://10.0.0.10/"), kAnswer);
}

TEST_F(GuideTest, Step10DeploymentsAreListed) {
  EXPECT_EQ(platform_->Faas({"ip", "test-handler"}).out, "10.0.0.10\n");
  EXPECT_EQ(platform_->Faas({"list"}).out,
            "Name                 IP              Command\n"
            "------------------------------------------------------------\n"
            "test-handler         10.0.0.10       python3 /app/handler.py\n"
            "test-handler-2       10.0.0.11       python3 /app/handler.py\n");
}

TEST_F(GuideTest, Step11DockerExportIsRefusedWithAHint) {
  const std::string exported = MakeTar({FileEntry("app/handler.py", "")});
  const CommandResult result = platform_->Faas({"new", "wrong"}, exported);
  EXPECT_NE(result.exit_code, 0);
  EXPECT_THAT(result.err,
              HasSubstr("Invalid Docker image: manifest.json not found"));
  EXPECT_THAT(result.err, HasSubstr("docker save"));
}

TEST_F(GuideTest, Step12ArchitectureIsAsTheGuideSays) {
  EXPECT_TRUE(std::filesystem::exists(
      "/var/lib/faasd/images/test-handler/rootfs/app/handler.py"));
  EXPECT_TRUE(WaitUntil(BundlesAreEmpty));
  EXPECT_EQ(access("/var/lib/faasd/registry.json", R_OK), 0);
  for (const pid_t pid : ProcessTree(platform_->supervisor()->pid())) {
    EXPECT_THAT(ProcessName(pid),
                MatchesRegex("faasd|registryd|gatewayd|runnerd"));
  }
}

TEST_F(GuideTest, Step13FaasdStopsAndItsDataCanBeRemoved) {
  platform_->supervisor()->Signal(SIGINT);
  EXPECT_EQ(platform_->supervisor()->Wait(), 0);
  const CommandResult removed = RunCommand({"rm", "-rf", "/var/lib/faasd"});
  EXPECT_EQ(removed.exit_code, 0) << removed.err;
  for (const char* address : {"10.0.0.10/24", "10.0.0.11/24"}) {
    // The guide tells people to do this. If faasd has done it already, nothing
    // happens.
    RunCommand({"ip", "addr", "del", address, "dev", "lo"});
  }
  EXPECT_EQ(RunCommand({"ip", "-o", "-4", "addr", "show", "dev", "lo"})
                .out.find("10.0.0."),
            std::string::npos);
}

}  // namespace
}  // namespace faas::testing
