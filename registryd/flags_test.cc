#include "registryd/flags.h"

#include <string>

#include "absl/flags/reflection.h"
#include "gtest/gtest.h"

namespace faas::registryd {
namespace {

class FlagsTest : public testing::Test {
 protected:
  // The group must exist on the host: root's does.
  void SetUp() override { Set("group", "0"); }

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
  EXPECT_EQ(flags->state_dir, "/var/lib/faasd");
  EXPECT_EQ(flags->run_dir, "/run/faasd");
  EXPECT_EQ(flags->parent_pid, 0);
  EXPECT_EQ(flags->stop_timeout, absl::Seconds(10));
  EXPECT_TRUE(flags->read_only_uids.empty());
  EXPECT_EQ(flags->api_limits.connections, 1024u);
  EXPECT_EQ(flags->control_listen, "127.0.0.1:8080");
  EXPECT_EQ(flags->token_file, "/var/lib/faasd/token");
  EXPECT_EQ(flags->tls_cert, "");
  EXPECT_EQ(flags->id_base, 100000u);
  EXPECT_EQ(flags->image_limits.ids, 65536u);
  EXPECT_EQ(flags->image_limits.layers, 127u);
  EXPECT_EQ(flags->extractor, "");
  EXPECT_EQ(flags->layer_grace, absl::Hours(1));
  EXPECT_EQ(flags->store_quota, 0u);
  EXPECT_EQ(flags->store_reserve, uint64_t{1} << 30);
}

TEST_F(FlagsTest, ValuesAreTakenOver) {
  Set("state_dir", "/var/lib/other");
  Set("group", "4711");
  Set("read_only_uids", "7,165537");
  Set("tls_cert", "server.pem");
  Set("max_image_bytes", "1000");
  Set("layer_grace", "90s");
  Set("parent_pid", "42");
  const absl::StatusOr<Flags> flags = ReadFlags();
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->token_file, "/var/lib/other/token");
  EXPECT_EQ(flags->group, 4711u);
  EXPECT_EQ(flags->read_only_uids, (std::vector<uid_t>{7, 165537}));
  EXPECT_EQ(flags->tls_cert, "server.pem");
  EXPECT_EQ(flags->image_limits.image_bytes, 1000u);
  EXPECT_EQ(flags->layer_grace, absl::Seconds(90));
  EXPECT_EQ(flags->parent_pid, 42);
}

TEST_F(FlagsTest, TokenFileIsTheOneThatIsNamed) {
  Set("token_file", "/etc/token");
  EXPECT_EQ(ReadFlags()->token_file, "/etc/token");
}

TEST_F(FlagsTest, WithoutUserNamespaceImagesMayHaveAllIds) {
  Set("id_base", "0");
  EXPECT_EQ(ReadFlags()->image_limits.ids, image::Limits().ids);
}

TEST_F(FlagsTest, LimitsOfJsonDocumentsAreOneForAllAndOneForEach) {
  Set("max_json_bytes", "100");
  const absl::StatusOr<Flags> flags = ReadFlags();
  ASSERT_TRUE(flags.ok()) << flags.status();
  EXPECT_EQ(flags->image_limits.metadata_bytes, 100u);
  EXPECT_EQ(flags->image_limits.all_metadata_bytes, 400u);
}

TEST_F(FlagsTest, IdBaseThatLeavesNoRoomIsRefused) {
  Set("id_base", "4294901758");
  EXPECT_TRUE(ReadFlags().ok());
  Set("id_base", "4294901759");
  ExpectRefused("--id_base=4294901759 leaves no room for 65537 ids");
}

TEST_F(FlagsTest, LimitThatLetsNothingThroughIsRefused) {
  Set("max_layers", "0");
  ExpectRefused("--max_layers must be at least 1");
}

TEST_F(FlagsTest, WindowThatZstdDoesNotHaveIsRefused) {
  for (const char* const value : {"9", "32"}) {
    Set("max_zstd_window_log", value);
    ExpectRefused("--max_zstd_window_log must be from 10 to 31");
  }
}

TEST_F(FlagsTest, UserThatIsNoNumberIsRefused) {
  Set("read_only_uids", "7,gateway");
  ExpectRefused("--read_only_uids: \"gateway\" is no number");
}

TEST_F(FlagsTest, LimitThatLetsNobodyInIsRefused) {
  Set("max_api_streams", "0");
  ExpectRefused("--max_api_streams=0 is less than 1");
}

TEST_F(FlagsTest, GroupThatDoesNotExistIsRefused) {
  Set("group", "no-such-group-of-faasd");
  EXPECT_EQ(ReadFlags().status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace faas::registryd
