#ifndef FAAS_TESTS_INTEGRATION_PLATFORM_TEST_BASE_H_
#define FAAS_TESTS_INTEGRATION_PLATFORM_TEST_BASE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "testing/error_output.h"
#include "testing/http.h"
#include "testing/platform.h"
#include "testing/status_matchers.h"
#include "testing/victim_image.h"
#include "testing/wait.h"

namespace faas::testing {

// A PlatformTestBase is a test with one instance of faasd, which the test
// configures and starts itself. After a failure its functions record it, print
// the log of the daemons at the end, and return something empty.
class PlatformTestBase : public ::testing::Test {
 protected:
  // Starts the supervisor, which starts the daemons.
  void StartSupervised(PlatformOptions options = {}) {
    platform_ = std::make_unique<Platform>(std::move(options));
    ASSERT_OK(platform_->Start());
  }

  // Starts the three daemons without a supervisor.
  void StartAlone(PlatformOptions options = {}) {
    platform_ = std::make_unique<Platform>(std::move(options));
    ASSERT_OK(platform_->StartDaemons());
  }

  // Does the same with flags of runnerd.
  void StartWith(std::vector<std::string> runnerd_flags = {}) {
    PlatformOptions options;
    options.runnerd_flags = std::move(runnerd_flags);
    ASSERT_NO_FATAL_FAILURE(StartAlone(options));
  }

  void TearDown() override {
    if (HasFailure() && platform_ != nullptr) {
      std::printf("---- log of the daemons ----\n%s----\n",
                  platform_->log().Text().c_str());
    }
  }

  // Deploys a function and returns its address.
  std::string Deploy(const std::string& name, const std::string& archive) {
    const absl::StatusOr<std::string> address =
        platform_->Deploy(name, archive);
    EXPECT_OK(address);
    return address.value_or("");
  }

  // Deploys a victim with command line arguments; see testing/victim.
  std::string DeployVictim(const std::string& name,
                           const std::vector<std::string>& arguments) {
    return Deploy(name, VictimArchive(arguments));
  }

  // Does the same with options of `faas new`.
  std::string DeployWith(const std::string& name,
                         const std::vector<std::string>& victim,
                         const std::vector<std::string>& flags) {
    std::vector<std::string> arguments = {"new", name, "-"};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    const CommandResult result =
        platform_->Faas(arguments, VictimArchive(victim));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    std::string address = platform_->Faas({"ip", name}).out;
    if (!address.empty()) address.pop_back();
    return address;
  }

  HttpResponse Get(const std::string& address, const std::string& path = "/") {
    absl::StatusOr<HttpResponse> response =
        HttpGet(address, platform_->port(), path);
    EXPECT_OK(response);
    return response.value_or(HttpResponse());
  }

  // Returns a connection on which a request has been sent.
  TestConnection Request(const std::string& address, const std::string& path) {
    absl::StatusOr<TestConnection> connection =
        TestConnection::Open(address, platform_->port());
    EXPECT_OK(connection);
    EXPECT_OK(connection->Send("GET " + path + " HTTP/1.1\r\n\r\n"));
    return *std::move(connection);
  }

  // Sends a request to a victim's gate. The victim serves it until Release is
  // called.
  TestConnection OpenGate(const std::string& address) {
    TestConnection connection = Request(address, "/gate");
    EXPECT_OK(connection.ReadUntil("waiting\n"));
    return connection;
  }

  // Lets the gate finish. Returns what came after "waiting\n".
  static std::string Release(TestConnection* connection) {
    EXPECT_OK(connection->Send("."));
    const absl::StatusOr<std::string> all = connection->ReadToEnd();
    EXPECT_OK(all);
    return all.ok() ? all->substr(all->find("waiting\n") + 8) : "";
  }

  // Returns a census that is taken when no container is left.
  Census SettledCount() {
    EXPECT_TRUE(WaitUntil([this] {
      const Census census = platform_->Count();
      return std::none_of(census.processes.begin(), census.processes.end(),
                          [](const std::string& process) {
                            return process.find("runc") != std::string::npos ||
                                   process.find("victim") != std::string::npos;
                          });
    }));
    EXPECT_TRUE(WaitUntil([this] {
      return std::filesystem::is_empty(platform_->state_dir() + "/bundles");
    }));
    return platform_->CountSettled();
  }

  // Expects that everything becomes as it was at `before`.
  void ExpectNothingLeft(const Census& before) {
    EXPECT_EQ(platform_->WaitForCensus(before), "");
  }

  Platform& platform() { return *platform_; }

  std::unique_ptr<Platform> platform_;
};

}  // namespace faas::testing

#endif  // FAAS_TESTS_INTEGRATION_PLATFORM_TEST_BASE_H_
