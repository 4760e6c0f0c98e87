#include "gatewayd/flags.h"

#include <string>

#include "absl/flags/reflection.h"
#include "gtest/gtest.h"

namespace faas::gatewayd {
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
  static void ExpectRefused(const std::string& message) {
    const absl::Status status = ReadFlags().status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message(), message);
  }

 private:
  const absl::FlagSaver saver_;
};

TEST_F(FlagsTest, DefaultsAreThoseOfTheDocuments) {
  const absl::StatusOr<Flags> flags = ReadFlags();
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->run_dir, "/run/faasd");
  EXPECT_EQ(flags->group, "");
  EXPECT_EQ(net::ToString(flags->pool), "10.0.0.0/24");
  EXPECT_EQ(flags->port, 80);
  EXPECT_EQ(flags->max_pending, 4096u);
  EXPECT_EQ(flags->handoff_timeout, absl::Minutes(1));
  EXPECT_EQ(flags->first_byte_timeout, absl::Seconds(10));
  EXPECT_EQ(flags->max_silent, 1024u);
  EXPECT_EQ(flags->stop_timeout, absl::Seconds(10));
  EXPECT_EQ(flags->user, "");
  EXPECT_EQ(flags->socket_guard, SocketGuardChoice::kAuto);
  EXPECT_EQ(flags->socket_mark, 0xfaa5u);
  EXPECT_FALSE(flags->allow_socket_reuse);
  EXPECT_FALSE(flags->remove_leftovers);
  EXPECT_EQ(flags->parent_pid, 0);
  EXPECT_EQ(flags->api_limits.connections, 1024u);
}

TEST_F(FlagsTest, ValuesAreTakenOver) {
  Set("run_dir", "/run/other");
  Set("group", "4711");
  Set("pool", "192.0.2.0/28");
  Set("port", "8080");
  Set("handoff_timeout", "1500ms");
  Set("user", "1234:56");
  Set("socket_guard", "firewall");
  Set("remove_leftovers", "true");
  Set("parent_pid", "42");
  Set("max_api_connections", "9");
  const absl::StatusOr<Flags> flags = ReadFlags();
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->run_dir, "/run/other");
  EXPECT_EQ(flags->group, "4711");
  EXPECT_EQ(net::ToString(flags->pool), "192.0.2.0/28");
  EXPECT_EQ(flags->port, 8080);
  EXPECT_EQ(flags->handoff_timeout, absl::Milliseconds(1500));
  EXPECT_EQ(flags->user, "1234:56");
  EXPECT_EQ(flags->socket_guard, SocketGuardChoice::kFirewall);
  EXPECT_TRUE(flags->remove_leftovers);
  EXPECT_EQ(flags->parent_pid, 42);
  EXPECT_EQ(flags->api_limits.connections, 9u);
}

TEST_F(FlagsTest, UnknownGuardIsRefused) {
  Set("socket_guard", "ebpf");
  ExpectRefused("--socket_guard=ebpf is none of auto, bpf, firewall and none");
}

TEST_F(FlagsTest, PoolThatIsNoPrefixIsRefused) {
  Set("pool", "10.0.0.0");
  EXPECT_EQ(ReadFlags().status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FlagsTest, LimitThatLetsNobodyInIsRefused) {
  Set("max_api_streams", "0");
  ExpectRefused("--max_api_streams=0 is less than 1");
}

}  // namespace
}  // namespace faas::gatewayd
