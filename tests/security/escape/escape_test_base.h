#ifndef FAAS_TESTS_SECURITY_ESCAPE_ESCAPE_TEST_BASE_H_
#define FAAS_TESTS_SECURITY_ESCAPE_ESCAPE_TEST_BASE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "testing/http.h"
#include "testing/platform.h"
#include "testing/status_matchers.h"
#include "testing/wait.h"
#include "tests/security/escape/attack_image.h"
#include "tests/security/escape/attack_report.h"
#include "tests/security/escape/host_listener.h"

namespace faas::escape {

// How long a test waits for the end of an attack, and for the kernel to have
// freed what the attack took.
inline constexpr absl::Duration kAttackPatience = absl::Minutes(5);

using testing::Census;
using testing::CommandResult;
using testing::HttpResponse;
using testing::Platform;
using testing::TestConnection;
using testing::WaitUntil;

// The runtime that this run of the test is about, from FAAS_ESCAPE_RUNTIME.
std::string RuntimeOfTest();

// A platform with the runtime of the test; null if that is not installed, or
// there is no private host, or, which fails the test, it does not start.
std::unique_ptr<Platform> StartPlatform(testing::PlatformOptions options);

// Calls a function whose handler is `attack serve`, and gives the report that
// it answers.
Report Attack(Platform* platform, const std::string& function,
              const std::string& attack,
              const std::vector<std::string>& arguments = {});

// The same for attacks that ruin their connection: the report from the log.
Report AttackByLog(Platform* platform, const std::string& function,
                   const std::string& attack,
                   const std::vector<std::string>& arguments = {});

// Deploys, with options of `faas new`, and fails the test if that fails.
void DeployAttack(Platform* platform, const std::string& function,
                  const std::string& archive,
                  const std::vector<std::string>& options = {});

// The owners and modes of the devices that containers share with the host: to
// be the same after the tests, which fail if they are not, and set them right.
class HostDevices {
 public:
  HostDevices();
  ~HostDevices();

 private:
  std::map<std::string, struct stat> before_;
};

// A request on a connection of its own.
TestConnection Request(Platform* platform, const std::string& function,
                       const std::string& path);

// The census when no container is left.
Census SettledCount(Platform* platform);

// A control run: the same program, started by root without a platform.
struct Control {
  // In mount, pid, uts and ipc namespaces of its own, for what would change
  // the test's; not for what looks at others.
  bool isolated = true;
  // The connection that it attacks, or -1; borrowed.
  int connection = -1;
  // Before the program, as for setpriv(1) or nsenter(1).
  std::vector<std::string> wrapper;
  std::string program;
};
Report RunControl(const std::string& attack,
                  const std::vector<std::string>& arguments = {},
                  Control control = {});

// Where `attack` is on the host.
std::string AttackProgram();

// Tests of one platform for all, with functions to attack from:
//
//   root   an image without User
//   app    User 1000
class EscapeTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();
  void SetUp() override;
  void TearDown() override;

  static Platform& platform() { return *platform_; }

  static Report AttackFrom(const std::string& function,
                           const std::string& attack,
                           const std::vector<std::string>& arguments = {}) {
    return Attack(platform_, function, attack, arguments);
  }

  // The attack in both functions is refused, and is none without a platform.
  static void ExpectRefusedInFunctions(
      const std::string& attack, const std::vector<std::string>& arguments = {},
      const Outcomes& more = {}, const Control& control = {});

 private:
  static Platform* platform_;
  // What attacks would have changed, were they to reach it.
  static std::string* host_before_;
  static HostDevices* devices_;
  size_t log_offset_ = 0;
};

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ESCAPE_TEST_BASE_H_
