#include "faasd/flags.h"

#include "absl/flags/reflection.h"
#include "gtest/gtest.h"

namespace faas::faasd {
namespace {

class FlagsTest : public testing::Test {
 protected:
  // Sets a flag as the command line does.
  static void Set(const char* name, const std::string& value) {
    absl::CommandLineFlag* const flag = absl::FindCommandLineFlag(name);
    ASSERT_NE(flag, nullptr) << name;
    std::string error;
    ASSERT_TRUE(flag->ParseFrom(value, &error)) << error;
  }

 private:
  const absl::FlagSaver saver_;
};

TEST_F(FlagsTest, DefaultsAreThoseOfTheDocuments) {
  const absl::StatusOr<Flags> flags = ReadFlags();
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->state_dir, "/var/lib/faasd");
  EXPECT_EQ(flags->run_dir, "/run/faasd");
  EXPECT_EQ(flags->group, "");
  EXPECT_EQ(flags->pool, "10.0.0.0/24");
  EXPECT_EQ(flags->port, 80);
  EXPECT_EQ(flags->control_listen, "127.0.0.1:8080");
  EXPECT_EQ(flags->runtime, "runc");
  EXPECT_EQ(flags->id_base, 100000u);
  EXPECT_EQ(flags->gateway_user, "");
  EXPECT_TRUE(flags->registryd_args.empty());
  EXPECT_TRUE(flags->gatewayd_args.empty());
  EXPECT_TRUE(flags->runnerd_args.empty());
  EXPECT_EQ(flags->bin_dir, "");
  EXPECT_EQ(flags->ready_timeout, absl::Seconds(30));
  EXPECT_EQ(flags->stop_timeout, absl::Seconds(20));
}

TEST_F(FlagsTest, ArgumentsForADaemonAreSplitAtSpaces) {
  Set("runnerd_args", " --max_instances=3  --stop_timeout=1s ");
  const absl::StatusOr<Flags> flags = ReadFlags();
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(
      flags->runnerd_args,
      (std::vector<std::string>{"--max_instances=3", "--stop_timeout=1s"}));
}

TEST_F(FlagsTest, IdsThatLeaveNoneForGatewaydAreRefused) {
  Set("id_base", "4294967294");
  const absl::Status status = ReadFlags().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "--id_base=4294967294 leaves no id for gatewayd");
  Set("gateway_user", "1234");
  EXPECT_TRUE(ReadFlags().ok());
}

}  // namespace
}  // namespace faas::faasd
