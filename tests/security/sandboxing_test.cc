// Tests the files that put daemons and containers into the host's own
// sandboxes.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "testing/command.h"
#include "testing/runfile.h"

namespace faas::testing {
namespace {

constexpr char kAppArmorParser[] = "/usr/sbin/apparmor_parser";

std::string ReadText(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::string WriteText(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(getenv("TEST_TMPDIR"), "/", name);
  std::ofstream(path) << text;
  return path;
}

struct Unit {
  const char* name;
  // The score that is allowed. The worst is 10.
  double most_exposed;
};

class UnitTest : public ::testing::TestWithParam<Unit> {
 protected:
  void SetUp() override {
    if (RunCommand({"systemd-analyze", "--version"}).exit_code != 0) {
      GTEST_SKIP() << "systemd-analyze is not installed";
    }
  }

  static std::string Path() {
    return Runfile(
        absl::StrCat("deploy/systemd/", GetParam().name, ".service"));
  }

  static CommandResult Analyze(const std::string& path, double threshold) {
    return RunCommand(
        {"systemd-analyze", "security", "--offline=true", "--no-pager",
         absl::StrCat("--threshold=", static_cast<int>(threshold * 10)), path});
  }
};

TEST_P(UnitTest, ExposureIsWithinItsLimit) {
  const CommandResult result = Analyze(Path(), GetParam().most_exposed);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

// A unit without restrictions exceeds the limit.
TEST_P(UnitTest, UnrestrictedUnitIsBeyondTheLimit) {
  const std::string plain = WriteText(absl::StrCat(GetParam().name, ".service"),
                                      "[Service]\nExecStart=/bin/true\n");
  EXPECT_NE(Analyze(plain, GetParam().most_exposed).exit_code, 0);
}

TEST_P(UnitTest, SystemdKnowsEveryLine) {
  // All units are checked together, as they name each other. Their programs are
  // not installed where the test runs.
  // the test runs.
  const std::string units = absl::StrCat(getenv("TEST_TMPDIR"), "/units");
  std::filesystem::create_directories(units);
  for (const char* name : {"registryd.service", "registryd.socket",
                           "gatewayd.service", "runnerd.service"}) {
    std::string text = ReadText(Runfile(absl::StrCat("deploy/systemd/", name)));
    for (const char* program : {"registryd", "gatewayd", "runnerd"}) {
      text = absl::StrReplaceAll(
          text, {{absl::StrCat("/usr/local/libexec/faasd/", program, " "),
                  "/bin/true "}});
    }
    std::ofstream(absl::StrCat(units, "/", name)) << text;
  }
  const CommandResult result =
      RunCommand({"env", absl::StrCat("SYSTEMD_UNIT_PATH=", units, ":"),
                  "systemd-analyze", "verify", "--man=no",
                  absl::StrCat(units, "/", GetParam().name, ".service")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err.find(units), std::string::npos) << result.err;
}

INSTANTIATE_TEST_SUITE_P(Daemons, UnitTest,
                         ::testing::Values(Unit{"registryd", 2.5},
                                           Unit{"gatewayd", 2.5},
                                           Unit{"runnerd", 7.5}),
                         [](const auto& unit) {
                           return std::string(unit.param.name);
                         });

class AppArmorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (RunCommand({kAppArmorParser, "--version"}).exit_code != 0) {
      GTEST_SKIP() << "apparmor_parser is not installed";
    }
  }

  // The kernel needs no AppArmor for this.
  static CommandResult Compile(const std::string& path) {
    return RunCommand({kAppArmorParser, "--skip-kernel-load", "--skip-cache",
                       "--debug", path});
  }
};

TEST_F(AppArmorTest, ProfileCompiles) {
  const CommandResult result =
      Compile(Runfile("deploy/apparmor/faasd-container"));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("faasd-container"), std::string::npos);
}

TEST_F(AppArmorTest, BrokenProfileDoesNot) {
  const std::string broken = WriteText(
      "broken",
      absl::StrReplaceAll(ReadText(Runfile("deploy/apparmor/faasd-container")),
                          {{"deny ptrace,", "deny ptracing,"}}));
  EXPECT_NE(Compile(broken).exit_code, 0);
}

}  // namespace
}  // namespace faas::testing
