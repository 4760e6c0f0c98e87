#include "registryd/registry_daemon.h"

#include <grpcpp/client_context.h>
#include <unistd.h>

#include <cstdlib>
#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "common/rpc/channel.h"
#include "faas/v1/function_service.grpc.pb.h"
#include "faas/v1/platform_service.grpc.pb.h"
#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

class RegistryDaemonTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/registry_daemon_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    flags_.state_dir = dir_ + "/state";
    flags_.run_dir = dir_ + "/run";
    flags_.stop_timeout = absl::Seconds(1);
    flags_.group = getegid();
    flags_.layer_grace = absl::Hours(1);
    // It is not started before there is an upload.
    flags_.extractor = dir_ + "/extractor";
    ASSERT_TRUE(fs::WriteFileDurably(flags_.extractor, "", 0700).ok());
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  std::string SocketPath() const { return flags_.run_dir + "/registryd.sock"; }
  bool Exists(const std::string& path) const {
    return access(path.c_str(), F_OK) == 0;
  }

  std::string dir_;
  Flags flags_;
};

TEST_F(RegistryDaemonTest, ServesOnItsSocketUntilItStops) {
  const auto daemon = RegistryDaemon::Start(flags_);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  const auto stub =
      v1::PlatformService::NewStub(rpc::UnixChannel(SocketPath()));
  grpc::ClientContext context;
  v1::GetVersionResponse response;
  EXPECT_TRUE(stub->GetVersion(&context, {}, &response).ok());
  EXPECT_FALSE(response.version().empty());
  EXPECT_TRUE(Exists(flags_.run_dir + "/upload.sock"));
  (*daemon)->Stop();
  EXPECT_FALSE(Exists(SocketPath()));
}

TEST_F(RegistryDaemonTest, StopEndsWatches) {
  const auto daemon = RegistryDaemon::Start(flags_);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  const auto stub =
      v1::FunctionService::NewStub(rpc::UnixChannel(SocketPath()));
  grpc::ClientContext context;
  const auto watch = stub->WatchFunctions(&context, {});
  v1::WatchFunctionsResponse event;
  ASSERT_TRUE(watch->Read(&event));
  EXPECT_EQ(event.type(), v1::WatchFunctionsResponse::EVENT_TYPE_SYNCED);
  auto ended = std::async(std::launch::async, [&] {
    while (watch->Read(&event)) continue;
    return watch->Finish();
  });
  (*daemon)->Stop();
  EXPECT_EQ(ended.get().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(RegistryDaemonTest, FunctionsAreThereAfterARestart) {
  ASSERT_TRUE(fs::MakeDirectories(flags_.state_dir, 0700).ok());
  ASSERT_TRUE(fs::WriteFileDurably(flags_.state_dir + "/registry.json",
                                   R"({"format": 2, "generation": "3",
                      "functions": [{"name": "f", "address": "10.0.0.10"}]})",
                                   0600)
                  .ok());
  const auto daemon = RegistryDaemon::Start(flags_);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  const auto stub =
      v1::FunctionService::NewStub(rpc::UnixChannel(SocketPath()));
  grpc::ClientContext context;
  v1::ListFunctionsResponse response;
  ASSERT_TRUE(stub->ListFunctions(&context, {}, &response).ok());
  ASSERT_EQ(response.functions_size(), 1);
  EXPECT_EQ(response.functions(0).name(), "f");
}

TEST_F(RegistryDaemonTest, DirectoriesAreOnesOwn) {
  const auto daemon = RegistryDaemon::Start(flags_);
  ASSERT_TRUE(daemon.ok()) << daemon.status();
  EXPECT_FALSE(RegistryDaemon::Start(flags_).ok());
  Flags other = flags_;
  other.run_dir = dir_ + "/other";
  EXPECT_FALSE(RegistryDaemon::Start(other).ok());
  // What was refused has not disturbed the one that runs.
  EXPECT_TRUE(Exists(SocketPath()));
}

TEST_F(RegistryDaemonTest, DamagedRegistryIsNotServed) {
  ASSERT_TRUE(fs::MakeDirectories(flags_.state_dir, 0700).ok());
  ASSERT_TRUE(
      fs::WriteFileDurably(flags_.state_dir + "/registry.json", "{", 0600)
          .ok());
  EXPECT_FALSE(RegistryDaemon::Start(flags_).ok());
  EXPECT_FALSE(Exists(SocketPath()));
}

TEST_F(RegistryDaemonTest, AddressBeyondThisHostNeedsCertificates) {
  flags_.control_listen = "0.0.0.0:0";
  flags_.token_file = dir_ + "/token";
  EXPECT_EQ(RegistryDaemon::Start(flags_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

TEST_F(RegistryDaemonTest, ExtractorThatIsNotThereIsSaid) {
  flags_.extractor = dir_ + "/none";
  const auto daemon = RegistryDaemon::Start(flags_);
  EXPECT_EQ(daemon.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(daemon.status().message(),
            absl::StrCat("--extractor=", dir_, "/none is not there"));
  flags_.extractor.clear();
  EXPECT_EQ(RegistryDaemon::Start(flags_).status().message().find(
                "cannot find extractor beside registryd ("),
            0u);
}

}  // namespace
}  // namespace faas::registryd
