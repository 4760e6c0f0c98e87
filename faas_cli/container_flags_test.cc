#include "faas_cli/container_flags.h"

#include <cstdlib>
#include <string>

#include "common/fs/file.h"
#include "gtest/gtest.h"

namespace faas::cli {
namespace {

struct Parsed {
  absl::Status status;
  v1::ContainerOptions options;
  google::protobuf::FieldMask mask;
  SecretValues secrets;
};

Parsed Parse(const ContainerFlags& flags) {
  Parsed parsed;
  parsed.status =
      ParseContainerFlags(flags, parsed.options, parsed.mask, parsed.secrets);
  return parsed;
}

std::string WrittenFile(const std::string& content) {
  const std::string path =
      std::string(getenv("TEST_TMPDIR")) + "/container_flags_secret";
  EXPECT_TRUE(fs::WriteFileDurably(path, content, 0600).ok());
  return path;
}

TEST(ParseContainerFlagsTest, NothingGivenChangesNothing) {
  const Parsed parsed = Parse({});
  EXPECT_TRUE(parsed.status.ok());
  EXPECT_EQ(parsed.mask.paths_size(), 0);
}

TEST(ParseContainerFlagsTest, EachOptionIsNamedInTheMask) {
  const Parsed parsed = Parse({.memory = "64Mi",
                               .cpus = "0.5",
                               .pids = "20",
                               .tmpfs_size = "1Mi",
                               .writable = "8Mi",
                               .user = "app",
                               .network = "host",
                               .env = {"A=1", "B=x=y"},
                               .secrets = {"db=" + WrittenFile("s3cret")},
                               .capabilities = {"setuid", "CAP_KILL"}});
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  EXPECT_EQ(parsed.mask.paths_size(), 10);
  EXPECT_EQ(parsed.options.memory_bytes(), 64u << 20);
  EXPECT_EQ(parsed.options.cpu_millis(), 500u);
  EXPECT_EQ(parsed.options.env(1), "B=x=y");
  EXPECT_EQ(parsed.options.capabilities(0), "CAP_SETUID");
  EXPECT_EQ(parsed.options.network(), v1::ContainerOptions::NETWORK_HOST);
  EXPECT_EQ(parsed.options.secrets(0), "db");
  EXPECT_EQ(parsed.secrets.at("db"), "s3cret");
}

TEST(ParseContainerFlagsTest, ListCanBeEmptied) {
  const Parsed parsed = Parse({.no_env = true});
  ASSERT_TRUE(parsed.status.ok());
  EXPECT_EQ(parsed.mask.paths(0), "options.container.env");
  EXPECT_EQ(parsed.options.env_size(), 0);
}

TEST(ParseContainerFlagsTest, ErrorsNameTheOptionAndItsForm) {
  const struct {
    ContainerFlags flags;
    const char* option;
    const char* form;
  } cases[] = {
      {{.memory = "lots"}, "--memory", "64Mi"},
      {{.memory = "1Ki"}, "--memory", "from 16777216"},
      {{.cpus = "x"}, "--cpus", "0.5"},
      {{.pids = "-1"}, "--pids", "a number"},
      {{.tmpfs_size = "1Q"}, "--tmpfs-size", "64Mi"},
      {{.writable = "yes"}, "--writable", "64Mi"},
      {{.network = "bridge"}, "--network", "none or host"},
      {{.env = {"NOVALUE"}}, "--env", "NAME=VALUE"},
      {{.env = {"1A=x"}}, "--env", "NAME=VALUE"},
      {{.secrets = {"db"}}, "--secret", "NAME=FILE"},
      {{.secrets = {"../db=/dev/null"}}, "--secret", "NAME=FILE"},
      {{.secrets = {"db=/no/such/file"}}, "--secret db", "/no/such/file"},
      {{.capabilities = {"FLY"}}, "--cap-add", "SETUID"},
  };
  for (const auto& test : cases) {
    const absl::Status status = Parse(test.flags).status;
    ASSERT_FALSE(status.ok()) << test.option;
    EXPECT_NE(status.message().find(test.option), std::string::npos) << status;
    EXPECT_NE(status.message().find(test.form), std::string::npos) << status;
  }
}

TEST(ParseContainerFlagsTest, ErrorsDoNotShowValues) {
  const absl::Status status = Parse({.env = {"1A=hunter2"}}).status;
  EXPECT_EQ(status.message().find("hunter2"), std::string::npos) << status;
}

}  // namespace
}  // namespace faas::cli
