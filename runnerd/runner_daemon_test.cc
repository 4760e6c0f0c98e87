#include "runnerd/runner_daemon.h"

#include <gmock/gmock.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/daemon/daemon.h"
#include "common/rpc/channel.h"
#include "faas/v1/runner_service.grpc.pb.h"
#include "testing/private_host.h"
#include "testing/status_matchers.h"

namespace faas::runnerd {
namespace {

using ::testing::HasSubstr;

// Starts whole daemons that have no functions, and so start no containers: a
// script takes the part of the runtime.
class RunnerDaemonTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::PrivateHostDirectory() + "/runnerd";
    ASSERT_TRUE(std::filesystem::create_directory(directory_));
    const std::string runtime = directory_ + "/runtime";
    std::ofstream(runtime) << "#!/bin/sh\necho stub version 1.2.3\n";
    ASSERT_EQ(chmod(runtime.c_str(), 0755), 0);
    ASSERT_OK(daemon::Begin(/*parent=*/0));
    auto flags = ReadFlags();
    ASSERT_OK(flags);
    flags_ = *std::move(flags);
    flags_.state_dir = directory_ + "/state";
    flags_.run_dir = directory_ + "/run";
    flags_.runtime = runtime;
    flags_.id_base = 0;  // Containers cannot pass through our directory.
    flags_.allow_missing_limits = true;
  }

  void TearDown() override { std::filesystem::remove_all(directory_); }

  // Runs `runnerd` until it has acted on a signal to stop.
  static void RunToItsEnd(std::unique_ptr<RunnerDaemon> runnerd) {
    ASSERT_EQ(kill(getpid(), SIGTERM), 0);
    runnerd->Run();
  }

  bool Exists(const std::string& path) const {
    return std::filesystem::exists(directory_ + path);
  }

  bool BundlesAreInMemory() const {
    struct statfs bundles, state;
    return statfs((directory_ + "/state/bundles").c_str(), &bundles) == 0 &&
           statfs((directory_ + "/state").c_str(), &state) == 0 &&
           bundles.f_type == TMPFS_MAGIC &&
           memcmp(&bundles.f_fsid, &state.f_fsid, sizeof(state.f_fsid)) != 0;
  }

  std::string directory_;
  Flags flags_;
};

TEST_F(RunnerDaemonTest, ServesTheApiUntilItIsToldToStop) {
  auto runnerd = RunnerDaemon::Start(flags_);
  ASSERT_OK(runnerd);
  EXPECT_TRUE(BundlesAreInMemory());
  const auto stub = v1::RunnerService::NewStub(
      rpc::UnixChannel(directory_ + "/run/runnerd.sock"));
  grpc::ClientContext context;
  context.set_wait_for_ready(true);
  v1::GetRuntimeResponse response;
  const grpc::Status status = stub->GetRuntime(&context, {}, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.runtime().version(), "stub version 1.2.3");
  RunToItsEnd(*std::move(runnerd));
  EXPECT_FALSE(Exists("/run/runnerd.sock"));
  EXPECT_FALSE(BundlesAreInMemory());
}

TEST_F(RunnerDaemonTest, SecondInTheSameDirectoriesIsRefused) {
  auto runnerd = RunnerDaemon::Start(flags_);
  ASSERT_OK(runnerd);
  EXPECT_EQ(RunnerDaemon::Start(flags_).status().code(),
            absl::StatusCode::kAlreadyExists);
  RunToItsEnd(*std::move(runnerd));
}

TEST_F(RunnerDaemonTest, FailedStartLetsTheDirectoriesGo) {
  Flags bad = flags_;
  bad.runtime = "/no/such/runtime";
  const absl::Status status = RunnerDaemon::Start(bad).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/no/such/runtime"));
  EXPECT_FALSE(Exists("/run/runnerd.sock"));
  auto runnerd = RunnerDaemon::Start(flags_);
  ASSERT_OK(runnerd);
  RunToItsEnd(*std::move(runnerd));
}

TEST_F(RunnerDaemonTest, StateDirectoryThatOverlaysCannotNameIsRefused) {
  flags_.state_dir = directory_ + "/a:b";
  const absl::Status status = RunnerDaemon::Start(flags_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("--state_dir"));
  flags_.state_dir = "state";
  EXPECT_THAT(std::string(RunnerDaemon::Start(flags_).status().message()),
              HasSubstr("\"state\" is not an absolute path"));
}

TEST_F(RunnerDaemonTest, FlatTreesHaveADirectoryOfTheirOwn) {
  flags_.rootfs = RootfsMode::kFlat;
  auto runnerd = RunnerDaemon::Start(flags_);
  ASSERT_OK(runnerd);
  EXPECT_TRUE(Exists("/state/flat"));
  RunToItsEnd(*std::move(runnerd));
}

}  // namespace
}  // namespace faas::runnerd
