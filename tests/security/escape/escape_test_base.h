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

// Returns the runtime that this run tests, from FAAS_ESCAPE_RUNTIME.
std::string RuntimeOfTest();

// Starts a platform with the runtime of the test. Returns null if the runtime
// is not installed or there is no private host. If the platform does not start,
// it returns null and fails the test.
std::unique_ptr<Platform> StartPlatform(testing::PlatformOptions options);

// Calls a function whose handler is `attack serve`, and returns the report that
// it answers.
Report Attack(Platform* platform, const std::string& function,
              const std::string& attack,
              const std::vector<std::string>& arguments = {});

// Does the same for attacks that ruin their connection, and takes the report
// from the log.
Report AttackByLog(Platform* platform, const std::string& function,
                   const std::string& attack,
                   const std::vector<std::string>& arguments = {});

// Deploys with options of `faas new`, and fails the test if that fails.
void DeployAttack(Platform* platform, const std::string& function,
                  const std::string& archive,
                  const std::vector<std::string>& options = {});

// A HostDevices keeps the owners and modes of the devices that containers share
// with the host. They must be the same after the tests. If they are not, it
// fails the test and restores them.
class HostDevices {
 public:
  HostDevices();
  ~HostDevices();

 private:
  std::map<std::string, struct stat> before_;
};

// Sends a request on a connection of its own.
TestConnection Request(Platform* platform, const std::string& function,
                       const std::string& path);

// Returns the census when no container is left.
Census SettledCount(Platform* platform);

// Control describes a control run: root starts the same program without a
// platform.
struct Control {
  // Whether it runs in mount, pid, uts and ipc namespaces of its own. That is
  // for attacks that would change those of the test, and not for attacks that
  // look at others.
  bool isolated = true;
  // The connection that it attacks, or -1. Not owned.
  int connection = -1;
  // A command that stands before the program, such as setpriv(1) or nsenter(1).
  std::vector<std::string> wrapper;
  std::string program;
};
Report RunControl(const std::string& attack,
                  const std::vector<std::string>& arguments = {},
                  Control control = {});

// Returns the path of `attack` on the host.
std::string AttackProgram();

// An EscapeTest has one platform for all tests, with functions to attack from:
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

  // Expects the attack to be refused in both functions, and to work without a
  // platform.
  static void ExpectRefusedInFunctions(
      const std::string& attack, const std::vector<std::string>& arguments = {},
      const Outcomes& more = {}, const Control& control = {});

 private:
  static Platform* platform_;
  // The parts of the host that attacks would change if they reached it.
  static std::string* host_before_;
  static HostDevices* devices_;
  size_t log_offset_ = 0;
};

}  // namespace faas::escape

#endif  // FAAS_TESTS_SECURITY_ESCAPE_ESCAPE_TEST_BASE_H_
