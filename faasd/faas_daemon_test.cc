#include "faasd/faas_daemon.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::faasd {
namespace {

// A FaasDaemonTest runs a faasd whose daemons are scripts.
class FaasDaemonTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/faas_daemon_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    Script("registryd", "exit 1");
    Script("gatewayd", absl::StrCat("echo \"$@\" >> ", dir_, "/gatewayd.log"));
    Script("runnerd", "exit 1");
    flags_ = {.state_dir = dir_ + "/state",
              .run_dir = dir_ + "/run",
              .group = absl::StrCat(getegid()),
              .id_base = 100000,
              .bin_dir = dir_,
              .ready_timeout = absl::Minutes(1),
              .stop_timeout = absl::Minutes(1)};
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  void Script(const std::string& name, const std::string& body) {
    const std::string path = absl::StrCat(dir_, "/", name);
    std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  absl::StatusOr<std::unique_ptr<FaasDaemon>> Create() {
    auto commands = DaemonCommands::Create(flags_);
    if (!commands.ok()) return commands.status();
    return FaasDaemon::Create(flags_, *commands);
  }

  absl::Status Run() {
    auto daemon = Create();
    return daemon.ok() ? (*daemon)->Run(stop_.get()) : daemon.status();
  }

  std::string GatewaydLog() {
    return fs::ReadFile(dir_ + "/gatewayd.log", 1 << 20).value_or("");
  }

  const base::UniqueFd stop_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::string dir_;
  Flags flags_;
};

TEST_F(FaasDaemonTest, DaemonThatEndsBeforeItIsHealthyIsAnError) {
  const absl::Status status = Run();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(status.message(), "registryd did not start");
  EXPECT_TRUE(absl::EndsWith(GatewaydLog(), "--remove_leftovers\n"));
}

TEST_F(FaasDaemonTest, DaemonThatDoesNotBecomeHealthyIsStopped) {
  Script("registryd", "exec sleep 1000");
  flags_.ready_timeout = absl::Milliseconds(50);
  const absl::Status status = Run();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(status.message(), "registryd is not healthy after 50ms");
}

TEST_F(FaasDaemonTest, DaemonThatDoesNotStopIsKilled) {
  Script("registryd", "trap '' TERM\nwhile :; do sleep 0.01; done");
  flags_.ready_timeout = absl::Milliseconds(50);
  flags_.stop_timeout = absl::Milliseconds(50);
  EXPECT_EQ(Run().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(FaasDaemonTest, StopEndsWithoutAnError) {
  Script("registryd", "exec sleep 1000");
  ASSERT_EQ(eventfd_write(stop_.get(), 1), 0);
  const absl::Status status = Run();
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_TRUE(absl::EndsWith(GatewaydLog(), "--remove_leftovers\n"));
}

TEST_F(FaasDaemonTest, SecondOneInARunDirectoryIsRefused) {
  const auto first = Create();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_FALSE(Create().ok());
}

}  // namespace
}  // namespace faas::faasd
