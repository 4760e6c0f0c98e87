#include "tests/security/escape/escape_test_base.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/fs/file.h"
#include "testing/command.h"
#include "testing/private_host.h"
#include "testing/runfile.h"

namespace faas::escape {
namespace {

bool IsInstalled(const std::string& program) {
  return testing::RunCommand({program, "--version"}).exit_code == 0;
}

std::string PathOf(const std::string& attack,
                   const std::vector<std::string>& arguments) {
  return absl::StrCat("/", attack, arguments.empty() ? "" : "?",
                      absl::StrJoin(arguments, "?"));
}

// Describes this test's own namespaces and the kernel: names, mounts except
// those of platforms, and some settings.
std::string DescribeHost() {
  std::string host;
  for (const char* file :
       {"/proc/sys/kernel/hostname", "/proc/sys/kernel/domainname",
        "/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe",
        "/sys/kernel/uevent_helper", "/proc/swaps", "/proc/net/if_inet6"}) {
    absl::StrAppend(&host, file, ":\n",
                    fs::ReadFile(file, size_t{1} << 16).value_or(""));
  }
  std::ifstream mounts("/proc/self/mounts");
  for (std::string line; std::getline(mounts, line);) {
    if (!absl::StrContains(line, testing::PrivateHostDirectory())) {
      absl::StrAppend(&host, line, "\n");
    }
  }
  return host;
}

std::string AddressOf(Platform* platform, const std::string& function) {
  return std::string(
      absl::StripAsciiWhitespace(platform->Faas({"ip", function}).out));
}

}  // namespace

std::string RuntimeOfTest() {
  const char* const runtime = std::getenv("FAAS_ESCAPE_RUNTIME");
  return runtime != nullptr ? runtime : "runc";
}

std::unique_ptr<Platform> StartPlatform(testing::PlatformOptions options) {
  if (testing::PrivateHostDirectory().empty() ||
      !IsInstalled(RuntimeOfTest())) {
    return nullptr;
  }
  options.runtime = RuntimeOfTest();
  auto platform = std::make_unique<Platform>(std::move(options));
  const absl::Status started = platform->StartDaemons();
  if (started.ok()) return platform;
  ADD_FAILURE() << started;
  return nullptr;
}

void DeployAttack(Platform* platform, const std::string& function,
                  const std::string& archive,
                  const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"new", function, "-"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const CommandResult created = platform->Faas(arguments, archive);
  EXPECT_EQ(created.exit_code, 0) << created.err;
}

Report Attack(Platform* platform, const std::string& function,
              const std::string& attack,
              const std::vector<std::string>& arguments) {
  const absl::StatusOr<HttpResponse> response =
      testing::HttpGet(AddressOf(platform, function), platform->port(),
                       PathOf(attack, arguments), kAttackPatience);
  EXPECT_OK(response) << attack << " in " << function;
  return ParseReport(attack, response.ok() ? response->raw : "");
}

Report AttackByLog(Platform* platform, const std::string& function,
                   const std::string& attack,
                   const std::vector<std::string>& arguments) {
  const size_t offset = platform->log().Size();
  TestConnection connection =
      Request(platform, function, PathOf(attack, arguments));
  EXPECT_TRUE(platform->log().WaitFor(absl::StrCat(attack, ": end: "),
                                      testing::kSoon, offset));
  return ParseReport(attack, platform->log().TextFrom(offset));
}

TestConnection Request(Platform* platform, const std::string& function,
                       const std::string& path) {
  absl::StatusOr<TestConnection> connection = TestConnection::Open(
      AddressOf(platform, function), platform->port(), kAttackPatience);
  EXPECT_OK(connection);
  EXPECT_OK(connection->Send("GET " + path + " HTTP/1.1\r\n\r\n"));
  return *std::move(connection);
}

Census SettledCount(Platform* platform) {
  EXPECT_TRUE(WaitUntil([platform] {
    return std::filesystem::is_empty(platform->state_dir() + "/bundles");
  }));
  EXPECT_TRUE(WaitUntil([platform] {
    const Census census = platform->Count();
    return std::none_of(census.processes.begin(), census.processes.end(),
                        [](const std::string& process) {
                          return absl::EndsWith(process,
                                                " " + RuntimeOfTest()) ||
                                 absl::EndsWith(process, " attack");
                        });
  }));
  return platform->Count();
}

std::string AttackProgram() {
  return testing::Runfile("tests/security/escape/attacks/attack");
}

Report RunControl(const std::string& attack,
                  const std::vector<std::string>& arguments, Control control) {
  std::vector<std::string> argv;
  if (control.isolated) {
    argv = {"unshare", "--mount", "--pid",       "--fork",
            "--uts",   "--ipc",   "--mount-proc"};
  }
  argv.insert(argv.end(), control.wrapper.begin(), control.wrapper.end());
  argv.push_back(control.program.empty() ? AttackProgram() : control.program);
  argv.insert(argv.end(), {"run", attack});
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  testing::CommandOptions options;
  options.stdin_fd = control.connection;
  const CommandResult result = testing::RunCommand(argv, "", options);
  EXPECT_EQ(result.exit_code, 0) << attack << ": " << result.err;
  return ParseReport(attack, result.out);
}

HostDevices::HostDevices() {
  for (const char* name :
       {"null", "zero", "full", "random", "urandom", "tty", "ptmx"}) {
    const std::string path = absl::StrCat("/dev/", name);
    if (struct stat status; stat(path.c_str(), &status) == 0) {
      before_[path] = status;
    }
  }
}

HostDevices::~HostDevices() {
  for (const auto& [path, before] : before_) {
    struct stat now = {};
    stat(path.c_str(), &now);
    if (now.st_uid == before.st_uid && now.st_gid == before.st_gid &&
        now.st_mode == before.st_mode) {
      continue;
    }
    ADD_FAILURE() << "the host's " << path << " is of user " << now.st_uid
                  << " and has mode " << std::oct << now.st_mode;
    EXPECT_EQ(chown(path.c_str(), before.st_uid, before.st_gid), 0);
    EXPECT_EQ(chmod(path.c_str(), before.st_mode & 07777), 0);
  }
}

Platform* EscapeTest::platform_ = nullptr;
HostDevices* EscapeTest::devices_ = nullptr;
std::string* EscapeTest::host_before_ = nullptr;

void EscapeTest::SetUpTestSuite() {
  devices_ = new HostDevices;
  platform_ = StartPlatform({}).release();
  if (platform_ == nullptr) return;
  host_before_ = new std::string(DescribeHost());
  DeployAttack(platform_, "root", AttackArchive());
  testing::ImageSettings app;
  app.user = "1000";
  DeployAttack(platform_, "app", AttackArchive(app));
}

void EscapeTest::TearDownTestSuite() {
  if (platform_ != nullptr) {
    EXPECT_EQ(DescribeHost(), *host_before_);
  }
  delete host_before_;
  host_before_ = nullptr;
  delete platform_;
  platform_ = nullptr;
  delete devices_;
  devices_ = nullptr;
}

void EscapeTest::SetUp() {
  if (platform_ == nullptr) {
    GTEST_SKIP() << "there is no platform with " << RuntimeOfTest();
  }
  log_offset_ = platform_->log().Size();
}

void EscapeTest::TearDown() {
  if (HasFailure() && platform_ != nullptr) {
    std::printf("---- log of the daemons ----\n%s----\n",
                platform_->log().TextFrom(log_offset_).c_str());
  }
}

void EscapeTest::ExpectRefusedInFunctions(
    const std::string& attack, const std::vector<std::string>& arguments,
    const Outcomes& more, const Control& control) {
  const Report without = RunControl(attack, arguments, control);
  for (const char* function : {"root", "app"}) {
    SCOPED_TRACE(function);
    ExpectRefused(AttackFrom(function, attack, arguments), without, more);
  }
}

}  // namespace faas::escape
