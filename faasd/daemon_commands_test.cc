#include "faasd/daemon_commands.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::faasd {
namespace {

using Command = std::vector<std::string>;

class DaemonCommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = "/tmp/daemon_commands_testXXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    dir_ = pattern;
    for (const char* name : {"registryd", "gatewayd", "runnerd"}) {
      std::ofstream(absl::StrCat(dir_, "/", name)) << name;
    }
    flags_ = {.state_dir = "/state",
              .run_dir = "/run/x",
              .group = "4711",
              .pool = "10.0.0.0/24",
              .port = 80,
              .control_listen = "127.0.0.1:8080",
              .runtime = "crun --debug",
              .id_base = 100000,
              .gatewayd_args = {"--max_pending=5", "--max_silent=6"},
              .bin_dir = dir_};
    parent_ = absl::StrCat("--parent_pid=", getpid());
  }
  void TearDown() override { EXPECT_TRUE(fs::RemoveTree(dir_).ok()); }

  std::string dir_, parent_;
  Flags flags_;
};

TEST_F(DaemonCommandsTest, EachDaemonGetsItsArguments) {
  const auto commands = DaemonCommands::Create(flags_);
  ASSERT_TRUE(commands.ok()) << commands.status();
  const std::vector<DaemonSpec>& daemons = commands->daemons();
  ASSERT_EQ(daemons.size(), 3u);
  EXPECT_EQ(daemons[0].name, "registryd");
  EXPECT_EQ(daemons[0].socket, "/run/x/registryd.sock");
  EXPECT_EQ(
      daemons[0].command,
      (Command{dir_ + "/registryd", "--run_dir=/run/x", parent_, "--group=4711",
               "--state_dir=/state", "--id_base=100000",
               "--read_only_uids=165537", "--control_listen=127.0.0.1:8080"}));
  EXPECT_EQ(daemons[1].name, "gatewayd");
  EXPECT_EQ(
      daemons[1].command,
      (Command{dir_ + "/gatewayd", "--run_dir=/run/x", parent_, "--group=4711",
               "--user=165537:165537", "--pool=10.0.0.0/24", "--port=80",
               "--max_pending=5", "--max_silent=6"}));
  EXPECT_EQ(daemons[2].name, "runnerd");
  EXPECT_EQ(daemons[2].command,
            (Command{dir_ + "/runnerd", "--run_dir=/run/x", parent_,
                     "--group=4711", "--state_dir=/state", "--id_base=100000",
                     "--gateway_user=165537", "--runtime=crun --debug"}));
}

TEST_F(DaemonCommandsTest, LeftoversAreRemovedByGatewayd) {
  const auto commands = DaemonCommands::Create(flags_);
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(commands->remove_leftovers(),
            (Command{dir_ + "/gatewayd", "--run_dir=/run/x", parent_,
                     "--group=4711", "--remove_leftovers"}));
}

TEST_F(DaemonCommandsTest, GroupThatIsNamedIsTheApis) {
  flags_.gateway_user = "1234:56";
  const auto commands = DaemonCommands::Create(flags_);
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(commands->named_group(), 4711u);
  EXPECT_EQ(commands->api_group(), 4711u);
  EXPECT_EQ(commands->daemons()[1].command[4], "--user=1234:56");
}

TEST_F(DaemonCommandsTest, WithoutAGroupTheApiHasThatOfGatewayd) {
  flags_.group.clear();
  flags_.gateway_user = "1234:56";
  const auto commands = DaemonCommands::Create(flags_);
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(commands->api_group(),
            commands->named_group() == 0 ? 56u : commands->named_group());
}

TEST_F(DaemonCommandsTest, ProgramsOfABuildAreFoundInTheirPackages) {
  const std::string path = dir_ + "/runnerd";
  ASSERT_EQ(unlink(path.c_str()), 0);
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  std::ofstream(path + "/runnerd") << "runnerd";
  ASSERT_EQ(mkdir((dir_ + "/faasd").c_str(), 0700), 0);
  for (const char* name : {"registryd", "gatewayd"}) {
    std::ofstream(absl::StrCat(dir_, "/faasd/", name)) << name;
  }
  flags_.bin_dir = dir_ + "/faasd";
  const auto commands = DaemonCommands::Create(flags_);
  ASSERT_TRUE(commands.ok()) << commands.status();
  EXPECT_EQ(commands->daemons()[2].command[0],
            dir_ + "/faasd/../runnerd/runnerd");
}

TEST_F(DaemonCommandsTest, MissingProgramIsNamed) {
  ASSERT_EQ(unlink((dir_ + "/gatewayd").c_str()), 0);
  const absl::Status status = DaemonCommands::Create(flags_).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StartsWith(
      status.message(), "cannot find gatewayd beside faasd (" + dir_ + ")"))
      << status;
}

TEST_F(DaemonCommandsTest, MissingUserIsAnError) {
  flags_.gateway_user = "no-such-user";
  EXPECT_EQ(DaemonCommands::Create(flags_).status().code(),
            absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace faas::faasd
